// Store a crate's order, names and picture in the browser, so that they survive a reload.

const PREFIX = "segue.";

function read(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key)) ?? fallback;
  } catch {
    return fallback; // storage may be off, or hold something unreadable
  }
}

function write(key, value) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // storage may be full or off; the page works without
  }
}

/** Track id → place in the order of dropping; parallel uploads finish in any order. */
export const dropPlaces = (crateId) => read(`places.${crateId}`, {});

export function savePlaces(crateId, trackIds, place) {
  const places = dropPlaces(crateId);
  for (const id of trackIds) places[id] ??= place;
  write(`places.${crateId}`, places);
}

const UNARRANGED = { order: [], removed: [], pinned: [], names: {}, moved: false };

export const arrangement = (crateId) => ({ ...UNARRANGED, ...read(`arrangement.${crateId}`, {}) });
export const saveArrangement = (crateId, value) => write(`arrangement.${crateId}`, value);

export const picture = (uploadId) => read(`picture.${uploadId}`, null);
export const savePicture = (uploadId, dataUrl) => write(`picture.${uploadId}`, dataUrl);

/** The tracks as the user arranged them, new ones last; in the order of dropping until one was moved. */
export function arranged(tracks, stored, places) {
  const byId = new Map(tracks.map((track) => [track.id, track]));
  const known = stored.order.filter((id) => byId.has(id));
  const added = tracks.map((t) => t.id).filter((id) => !known.includes(id) && !stored.removed.includes(id));
  const rank = (id) => places[id] ?? Number.MAX_SAFE_INTEGER;
  added.sort((a, b) => rank(a) - rank(b));
  const ids = stored.moved ? [...known, ...added] : [...known, ...added].sort((a, b) => rank(a) - rank(b));
  return ids.map((id) => byId.get(id));
}
