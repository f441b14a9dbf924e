// What the browser remembers of a crate, so that a reload loses nothing: the place each file was
// dropped at, the order and names a person gave, and a small copy of the picture.

const PREFIX = "segue.";

function read(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key)) ?? otherwise;
  } catch {
    return otherwise; // storage may be off, or hold something that is not ours
  }
}

function write(key, value) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // storage may be full or off; the page works without it
  }
}

/** Track id → place in which its file was dropped. Uploads run side by side and end in any order. */
export const dropPlaces = (crateId) => read(`places.${crateId}`, {});

export function rememberPlaces(crateId, trackIds, place) {
  const places = dropPlaces(crateId);
  for (const id of trackIds) places[id] ??= place;
  write(`places.${crateId}`, places);
}

const UNTOUCHED = { order: [], removed: [], pinned: [], names: {}, moved: false };

export const arrangement = (crateId) => ({ ...UNTOUCHED, ...read(`arrangement.${crateId}`, {}) });
export const rememberArrangement = (crateId, value) => write(`arrangement.${crateId}`, value);

export const picture = (uploadId) => read(`picture.${uploadId}`, null);
export const rememberPicture = (uploadId, dataUrl) => write(`picture.${uploadId}`, dataUrl);

/**
 * The kept tracks in order: as a person arranged them, newcomers last. Until something was moved by
 * hand, the order is that in which the files were dropped.
 */
export function arranged(tracks, memory, places) {
  const byId = new Map(tracks.map((track) => [track.id, track]));
  const known = memory.order.filter((id) => byId.has(id));
  const newcomers = tracks.map((t) => t.id).filter((id) => !known.includes(id) && !memory.removed.includes(id));
  const rank = (id) => places[id] ?? Number.MAX_SAFE_INTEGER;
  newcomers.sort((a, b) => rank(a) - rank(b));
  const ids = memory.moved ? [...known, ...newcomers] : [...known, ...newcomers].sort((a, b) => rank(a) - rank(b));
  return ids.map((id) => byId.get(id));
}
