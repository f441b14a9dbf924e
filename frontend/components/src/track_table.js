// The crate as a running order: drag, Alt+arrows or buttons to move, names edited in place.

import Sortable from "sortablejs";
import { clock, el, icon, ICONS, once } from "./dom.js";
import { arranged, arrangement, dropPlaces, rememberArrangement } from "./crate_memory.js";

const instances = new WeakMap();

class TrackTable {
  constructor(root) {
    const heads = ["Title", "Artist", "Starts", "BPM", "Key", "Energy", "Length"].map((word) => el("span", { class: word.toLowerCase() }, word));
    this.heads = el("p", { class: "heads", "aria-hidden": "true" }, el("span"), el("span"), ...heads, el("span"));
    this.table = el("div", { class: "table" });
    this.list = el("ol", { "aria-label": "Running order" });
    this.total = el("p", { class: "total" });
    this.live = el("p", { class: "live", role: "status" });
    this.table.append(this.heads, this.list, this.total, this.live);
    root.replaceChildren(this.table);
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
    this.tell = setStateValue;
    this.trigger = setTriggerValue;
    this.table.classList.toggle("plain", !data.shows_heard);
    this.table.classList.toggle("pins", data.pins);
    this.memory = arrangement(data.crate_id);
    this.tracks = arranged(data.tracks, this.memory, dropPlaces(data.crate_id));
    this.memory.order = this.tracks.map((track) => track.id);
    this.draw();
    this.report();
  }

  /** Keep the arrangement in the browser, and tell the page if it does not know it yet. */
  report() {
    rememberArrangement(this.data.crate_id, this.memory);
    const { order, removed, pinned, names } = this.memory;
    const word = JSON.stringify({ crate_id: this.data.crate_id, order, removed, pinned, names });
    if (word === this.told) return;
    this.told = word;
    this.tell("arrangement", JSON.parse(word));
  }

  reorder(ids) {
    const byId = new Map(this.tracks.map((track) => [track.id, track]));
    this.tracks = ids.map((id) => byId.get(id));
    Object.assign(this.memory, { order: ids, moved: true });
    this.draw();
    this.report();
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
    this.memory.removed.push(id);
    this.live.textContent = `${this.name(id).title} is left out of the mix`;
    this.tracks = this.tracks.filter((track) => track.id !== id);
    this.memory.order = this.tracks.map((track) => track.id);
    this.draw();
    this.report();
  }

  pin(id) {
    const pinned = this.memory.pinned.includes(id);
    this.memory.pinned = pinned ? this.memory.pinned.filter((one) => one !== id) : [...this.memory.pinned, id];
    this.live.textContent = `${this.name(id).title} ${pinned ? "may move" : "keeps its place"}`;
    this.draw();
    this.report();
  }

  restore() {
    this.memory.removed = [];
    this.tracks = arranged(this.data.tracks, this.memory, dropPlaces(this.data.crate_id));
    this.memory.order = this.tracks.map((track) => track.id);
    this.draw();
    this.report();
  }

  rename(id, part, value) {
    this.memory.names[id] = { ...this.name(id), [part]: value.trim() };
    this.report();
  }

  name(id) {
    const track = this.data.tracks.find((one) => one.id === id);
    return this.memory.names[id] ?? { title: track.title, artist: track.artist };
  }

  row(id) {
    return this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  /** Redraw, but leave a person who is typing (or moving by keyboard) where they are. */
  draw() {
    const held = this.list.getRootNode().activeElement;
    const [id, kind, typed] = [held?.closest?.("li")?.dataset.id, held?.classList?.[0], held?.value];
    this.fill();
    const again = id && this.row(id)?.querySelector(`.${kind}`);
    if (!again) return;
    again.focus();
    if (again.localName === "input") again.value = typed;
  }

  fill() {
    const starts = startTimes(this.tracks, this.data.crossfade_s);
    this.list.replaceChildren(...this.tracks.map((track, i) => this.trackRow(track, i, starts[i])));
    this.total.replaceChildren(...this.totalWords(starts));
  }

  totalWords(starts) {
    const last = this.tracks.at(-1);
    const mix = last ? starts.at(-1) + last.duration_s : 0;
    const long = this.data.shows_heard ? ["", " of music"] : ["about ", " mixed"];
    const count = `${this.tracks.length} ${this.tracks.length === 1 ? "track" : "tracks"}`;
    const left = this.memory.removed.length;
    const back = el("button", { type: "button", class: "link", onclick: () => this.restore() }, `Bring back ${left} left out`);
    return [el("span", {}, count), el("span", {}, long[0], el("b", {}, clock(mix)), long[1]), left ? back : null].filter(Boolean);
  }

  trackRow(track, i, start) {
    const { title, artist } = this.name(track.id);
    const keys = (event) => this.keyed(event, track.id);
    const pinned = this.memory.pinned.includes(track.id);
    const pin = button(`pin${pinned ? " on" : ""}`, pinned ? `Let ${title} move` : `Keep ${title} at number ${i + 1}`, ICONS.pin, () => this.pin(track.id));
    pin.setAttribute("aria-pressed", String(pinned));
    return el(
      "li",
      { "data-id": track.id, onkeydown: keys },
      button("grip", `Move ${title}: drag, or press Alt with the up or down arrow`, ICONS.grip),
      el("span", { class: "number" }, String(i + 1)),
      this.field(track.id, "title", title, `Title of track ${i + 1}`),
      this.field(track.id, "artist", artist, `Artist of track ${i + 1}`),
      el("span", { class: "start", title: "Where it starts in the mix" }, clock(start)),
      ...this.heard(track, title),
      el("span", { class: "length", title: "Its own length" }, clock(track.duration_s)),
      el(
        "span",
        { class: "actions" },
        this.data.pins ? pin : null,
        button("up", `Move ${title} up`, ICONS.up, () => this.move(track.id, -1), i === 0),
        button("down", `Move ${title} down`, ICONS.down, () => this.move(track.id, 1), i === this.tracks.length - 1),
        button("remove", `Leave ${title} out`, ICONS.remove, () => this.remove(track.id)),
      ),
      ...track.warnings.map((words) => el("span", { class: "warning" }, icon(ICONS.warning), words)),
    );
  }

  /** What was heard: tempo and key open the look at the beat; energy is a small picture. */
  heard(track, title) {
    const heard = track.heard;
    if (!heard) return ["bpm", "key", "energy"].map((name) => el("span", { class: `${name} unheard`, "aria-hidden": "true" }, "·"));
    const open = () => this.trigger("look_at", track.id);
    const still = this.data.looks ? {} : { disabled: true };
    const doubt = heard.tempo.includes("?");
    const tempo = el("button", { type: "button", class: `bpm${doubt ? " doubt" : ""}`, onclick: open, ...still, title: doubt ? "Not sure of this beat: have a look" : "Check the beat", "aria-label": `Check the beat of ${title}: ${doubt ? `${heard.tempo} beats a minute, not sure` : `${heard.tempo} beats a minute`}` }, heard.tempo);
    const key = el("span", { class: "key", title: heard.key_name ?? "No key could be told" }, el("b", {}, heard.key), heard.key_name ? el("small", {}, heard.key_name) : null);
    return [tempo, key, energy(heard.energy)];
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
}

function button(name, label, path, onclick, disabled = false) {
  return el("button", { type: "button", class: name, "aria-label": label, title: label, onclick, disabled }, icon(path));
}

/** The energy of a track from start to end, as bars. */
function energy(values) {
  const bars = values.map((value) => el("i", { style: `height:${Math.round(8 + 92 * value)}%` }));
  return el("span", { class: "energy", role: "img", "aria-label": "Energy from start to end" }, ...bars);
}

/** When each track starts: a blend is never longer than either of its tracks. */
function startTimes(tracks, crossfade) {
  let at = 0;
  return tracks.map((track, i) => {
    const start = at;
    const next = tracks[i + 1];
    at += track.duration_s - (next ? Math.min(crossfade, track.duration_s, next.duration_s) : 0);
    return start;
  });
}

export default function (component) {
  const root = component.parentElement.querySelector("[data-root]");
  const table = once(instances, root, () => new TrackTable(root));
  table.update(component);
  return () => table.sortable.destroy();
}
