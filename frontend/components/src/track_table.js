// The tracks in running order: move by dragging, Alt+arrows or buttons; edit names in place.

import Sortable from "sortablejs";
import { arranged, arrangement, dropPlaces, saveArrangement } from "./crate_memory.js";
import { clock, component, counted, el, icon, iconButton, ICONS } from "./dom.js";

class TrackTable {
  constructor(root) {
    const heads = ["Title", "Artist", "Starts", "BPM", "Key", "Energy", "Length"].map((name) => el("span", { class: name.toLowerCase() }, name));
    const header = el("p", { class: "heads", "aria-hidden": "true" }, el("span"), el("span"), ...heads, el("span"));
    this.table = el("div", { class: "table" });
    this.list = el("ol", { "aria-label": "Running order" });
    this.total = el("p", { class: "total" });
    this.live = el("p", { class: "live", role: "status" });
    this.table.append(header, this.list, this.total, this.live);
    root.replaceChildren(this.table);
    this.reported = {};
    this.sortable = Sortable.create(this.list, {
      handle: ".grip",
      animation: 120,
      forceFallback: true, // one behaviour for mouse, pen and touch
      ghostClass: "ghost",
      onEnd: () => this.reorder([...this.list.children].map((row) => row.dataset.id)),
    });
  }

  update({ data, setStateValue, setTriggerValue }) {
    this.data = data;
    this.setState = setStateValue;
    this.trigger = setTriggerValue;
    this.table.classList.toggle("plain", !data.shows_analysis);
    this.table.classList.toggle("pins", data.pins);
    this.stored = arrangement(data.crate_id);
    this.show(arranged(data.tracks, this.stored, dropPlaces(data.crate_id)));
  }

  /** Show tracks in this order, and report it. */
  show(tracks) {
    this.tracks = tracks;
    this.stored.order = tracks.map((track) => track.id);
    this.draw();
    this.report();
  }

  /** Store the arrangement in the browser, and send it to the page if that would take another. */
  report() {
    const { crate_id } = this.data;
    saveArrangement(crate_id, this.stored);
    const { order, removed, pinned, names } = this.stored;
    const report = JSON.stringify({ crate_id, order, removed, pinned, names });
    if (report === (this.reported[crate_id] ?? this.unarranged())) return;
    this.reported = { [crate_id]: report }; // the page keeps one, and each report draws it again
    this.setState("arrangement", JSON.parse(report));
  }

  /** What the page takes without a report: all tracks as they came. */
  unarranged() {
    const { crate_id, tracks } = this.data;
    const order = tracks.map((track) => track.id);
    return JSON.stringify({ crate_id, order, removed: [], pinned: [], names: {} });
  }

  reorder(ids) {
    const byId = new Map(this.tracks.map((track) => [track.id, track]));
    this.stored.moved = true;
    this.show(ids.map((id) => byId.get(id)));
  }

  move(id, by) {
    const ids = this.tracks.map((track) => track.id);
    const [from, to] = [ids.indexOf(id), ids.indexOf(id) + by];
    if (to < 0 || to >= ids.length) return;
    [ids[from], ids[to]] = [ids[to], ids[from]];
    this.reorder(ids);
    this.live.textContent = `${this.name(id).title} is now number ${to + 1} of ${ids.length}`;
    this.row(id).querySelector(".grip").focus();
  }

  remove(id) {
    this.stored.removed.push(id);
    this.live.textContent = `${this.name(id).title} is removed from the mix`;
    this.show(this.tracks.filter((track) => track.id !== id));
  }

  pin(id) {
    const pinned = this.stored.pinned.includes(id);
    this.stored.pinned = pinned ? this.stored.pinned.filter((one) => one !== id) : [...this.stored.pinned, id];
    this.live.textContent = `${this.name(id).title} is ${pinned ? "unpinned" : "pinned"}`;
    this.show(this.tracks);
  }

  restore() {
    this.stored.removed = [];
    this.show(arranged(this.data.tracks, this.stored, dropPlaces(this.data.crate_id)));
  }

  rename(id, part, value) {
    this.stored.names[id] = { ...this.name(id), [part]: value.trim() };
    this.report();
  }

  name(id) {
    const track = this.data.tracks.find((one) => one.id === id);
    return this.stored.names[id] ?? { title: track.title, artist: track.artist };
  }

  row(id) {
    return this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  /** Redraw, and keep the focus and a text being typed. */
  draw() {
    const focused = this.list.getRootNode().activeElement;
    const [id, kind, typed] = [focused?.closest?.("li")?.dataset.id, focused?.classList?.[0], focused?.value];
    this.fill();
    const field = id && this.row(id)?.querySelector(`.${kind}`);
    if (!field) return;
    field.focus();
    if (field.localName === "input") field.value = typed;
  }

  fill() {
    const starts = startTimes(this.tracks, this.data.crossfade_s);
    this.list.replaceChildren(...this.tracks.map((track, i) => this.trackRow(track, i, starts[i])));
    this.total.replaceChildren(...this.totals(starts));
  }

  totals(starts) {
    const last = this.tracks.at(-1);
    const mix = last ? starts.at(-1) + last.duration_s : 0;
    const [before, after] = this.data.shows_analysis ? ["", " of music"] : ["about ", " mixed"];
    const removed = this.stored.removed.length;
    const restore = el("button", { type: "button", class: "link", onclick: () => this.restore() }, `Restore ${counted(removed, "removed track")}`);
    return [el("span", {}, counted(this.tracks.length, "track")), el("span", {}, before, el("b", {}, clock(mix)), after), removed ? restore : null].filter(Boolean);
  }

  trackRow(track, i, start) {
    const { title, artist } = this.name(track.id);
    const keys = (event) => this.keyed(event, track.id);
    const pinned = this.stored.pinned.includes(track.id);
    const pin = iconButton(`pin${pinned ? " on" : ""}`, pinned ? `Unpin ${title}` : `Pin ${title} at number ${i + 1}`, ICONS.pin, () => this.pin(track.id));
    pin.setAttribute("aria-pressed", String(pinned));
    return el(
      "li",
      { "data-id": track.id, onkeydown: keys },
      iconButton("grip", `Move ${title}: drag, or press Alt with the up or down arrow`, ICONS.grip),
      el("span", { class: "number" }, String(i + 1)),
      this.field(track.id, "title", title, `Title of track ${i + 1}`),
      this.field(track.id, "artist", artist, `Artist of track ${i + 1}`),
      el("span", { class: "start", title: "Start in the mix" }, clock(start)),
      ...this.analysisCells(track, title),
      el("span", { class: "length", title: "Length of the track" }, clock(track.duration_s)),
      el(
        "span",
        { class: "actions" },
        this.data.pins ? pin : null,
        iconButton("up", `Move ${title} up`, ICONS.up, () => this.move(track.id, -1), i === 0),
        iconButton("down", `Move ${title} down`, ICONS.down, () => this.move(track.id, 1), i === this.tracks.length - 1),
        iconButton("remove", `Remove ${title}`, ICONS.remove, () => this.remove(track.id)),
      ),
      ...track.warnings.map((text) => el("span", { class: "warning" }, icon(ICONS.warning), text)),
    );
  }

  /** Tempo, key and energy; the tempo opens the correction of the beat grid. */
  analysisCells(track, title) {
    const { analysis } = track;
    if (!analysis) return ["bpm", "key", "energy"].map((name) => el("span", { class: `${name} unknown`, "aria-hidden": "true" }, "·"));
    const doubt = analysis.tempo.includes("?");
    const spoken = `${analysis.tempo} beats a minute${doubt ? ", uncertain" : ""}`;
    const tempo = el("button", { type: "button", class: `bpm${doubt ? " doubt" : ""}`, onclick: () => this.trigger("opened", track.id), disabled: !this.data.corrections, title: doubt ? "Uncertain beat: check it" : "Check the beat", "aria-label": `Check the beat of ${title}: ${spoken}` }, analysis.tempo);
    const key = el("span", { class: "key", title: analysis.key_name ?? "Unknown key" }, el("b", {}, analysis.key), analysis.key_name ? el("small", {}, analysis.key_name) : null);
    return [tempo, key, energy(analysis.energy)];
  }

  field(id, part, value, label) {
    const input = el("input", { class: part, "aria-label": label, maxlength: 200, placeholder: part === "artist" ? "Unknown artist" : "Untitled" });
    input.value = value;
    input.addEventListener("change", () => this.rename(id, part, input.value));
    return input;
  }

  keyed(event, id) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !step) return;
    event.preventDefault();
    this.move(id, step);
  }

  close() {
    this.sortable.destroy();
  }
}

/** The energy of a track from start to end, as bars. */
function energy(values) {
  const bars = values.map((value) => el("i", { style: `height:${Math.round(8 + 92 * value)}%` }));
  return el("span", { class: "energy", role: "img", "aria-label": "Energy from start to end" }, ...bars);
}

/** The start of each track; a crossfade takes at most half of either track. */
function startTimes(tracks, crossfade) {
  let at = 0;
  return tracks.map((track, i) => {
    const start = at;
    const next = tracks[i + 1];
    at += track.duration_s - (next ? Math.min(crossfade, track.duration_s / 2, next.duration_s / 2) : 0);
    return start;
  });
}

export default component(TrackTable);
