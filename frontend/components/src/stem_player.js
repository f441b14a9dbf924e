// All stems of a song as rows that play together, each with mute, solo and a fader.

import { clock, component, el, icon, ICONS, pointerShare, seekKey } from "./dom.js";
import { amplitude } from "./stem_mixer.js";
import { StemRow } from "./stem_row.js";
import { SyncedPlayer } from "./synced_player.js";

const STEP_S = 5; // what an arrow key moves
const FULL_RATE = 44100;
const TICKS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200];
const FORMATS = { mp3: "MP3", flac: "FLAC", wav: "WAV" };
const SAVE = "M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6";
let lastUsed = null; // receives keys pressed outside of any control

class StemPlayer extends SyncedPlayer {
  constructor(root, data) {
    const sounding = data.stems.filter((stem) => !stem.silent);
    super(data, sounding.length, data.gain_db);
    const top = Math.max(...data.stems.flatMap((stem) => stem.peaks));
    this.rows = data.stems.map((stem, i) => new StemRow(stem, i + 1, top, this));
    this.sounding = this.rows.filter((row) => !row.stem.silent);
    this.build(root);
    document.addEventListener("keydown", (event) => this.keyedOnPage(event), { signal: this.listeners.signal });
    this.changed();
    this.show();
  }

  build(root) {
    this.time = el("span", { class: "time" });
    this.bar = el("progress", { max: 1, "aria-label": "Loading the stems", hidden: true });
    this.ruler = el("div", { class: "ruler", role: "slider", tabindex: 0, "aria-label": "Position in the song", "aria-valuemin": 0, "aria-valuemax": Math.round(this.data.duration_s) }, ...this.ticks(), el("i", { class: "head" }));
    this.seekOn(this.ruler);
    const format = el("select", { "aria-label": "File format of the mix" }, ...Object.entries(FORMATS).map(([name, label]) => el("option", { value: name }, label)));
    const save = el("button", { type: "button", class: "save", onclick: () => this.save(format.value) }, icon(SAVE), "Save this mix");
    const reset = el("button", { type: "button", class: "reset", onclick: () => this.reset() }, icon(ICONS.retry), "Reset");
    const head = el("div", { class: "bar" }, this.toggle, this.title(), this.time, el("span", { class: "actions" }, reset, format, save));
    const rows = el("div", { class: "rows" }, el("div", { class: "row top" }, el("span"), this.ruler, el("span")), ...this.rows.map((row) => row.node));
    const use = () => (lastUsed = this);
    this.node = el("div", { class: "stems", role: "group", "aria-label": `Stems of ${this.data.title}`, onkeydown: (event) => this.keyed(event), onfocusin: use, onpointerdown: use }, head, this.bar, this.message, rows, el("p", { class: "hint" }, ...this.hints()));
    root.replaceChildren(this.node);
  }

  title() {
    const draft = this.data.draft ? el("span", { class: "draft", title: "Made by the draft separator" }, "Draft") : null;
    return el("span", { class: "title" }, el("b", {}, this.data.title), el("span", { class: "artist" }, this.data.artist), draft);
  }

  hints() {
    const last = this.rows.length;
    const keys = [["Space", "play"], [`1–${last}`, "mute"], [`Shift + 1–${last}`, "solo"], ["← →", "five seconds"]];
    return keys.flatMap(([key, does]) => [el("kbd", {}, key), ` ${does}  `]);
  }

  ticks() {
    const every = TICKS_S.find((step) => this.data.duration_s / step <= 10) ?? 3600;
    const marks = [];
    for (let at = 0; at < this.data.duration_s * 0.97; at += every) {
      marks.push(el("span", { class: "tick", style: `left:${(100 * at) / this.data.duration_s}%` }, clock(at)));
    }
    return marks;
  }

  audible(row) {
    const anySolo = this.rows.some((one) => one.soloed);
    return !row.muted && !row.stem.silent && (!anySolo || row.soloed);
  }

  /** Mute, solo or a fader changed. */
  changed() {
    if (!this.loading) this.notify(this.rateNote ?? "");
    for (const row of this.rows) row.show(this.audible(row));
    this.sounding.forEach((row, i) => this.mixer.level(i, this.audible(row) ? amplitude(row.gainDb) : 0));
  }

  reset() {
    for (const row of this.rows) Object.assign(row, { muted: false, soloed: false, gainDb: 0 });
    this.changed();
  }

  show() {
    const at = this.mixer.now();
    this.node.style.setProperty("--at", at / this.mixer.seconds);
    const time = `${clock(at)} / ${clock(this.data.duration_s)}`;
    if (time === this.shown) return;
    this.time.textContent = this.shown = time;
    this.ruler.setAttribute("aria-valuenow", Math.round(at));
    this.ruler.setAttribute("aria-valuetext", clock(at));
  }

  async fetchAll() {
    if (!this.sounding.length) return this.notify("All stems are silent.");
    if (!this.mixer.rate) return this.notify("These stems are too long to be played here. Download them instead.", true);
    this.bar.hidden = false;
    try {
      await this.mixer.load((i, signal) => this.api.fetch(this.sounding[i].stem.path, { signal }), (bytes) => this.received(bytes));
      const { rate } = this.mixer;
      this.rateNote = rate < FULL_RATE ? `Played at ${rate / 1000} kHz to save memory. The files have the full quality.` : "";
      this.notify(this.rateNote);
      return true;
    } finally {
      this.bar.hidden = true;
    }
  }

  received(bytes) {
    this.bar.value = Math.min(1, bytes / this.sounding.reduce((sum, row) => sum + row.stem.size, 0));
    const status = this.bar.value < 1 ? "Loading the stems…" : "Decoding…";
    if (this.message.textContent !== status) this.notify(status); // screen readers read each change aloud
  }

  /** Signed links are short-lived, so each is requested when it is needed. */
  async download(stem) {
    try {
      const { url } = await (await this.api.fetch(`${stem.path}/link`, { method: "POST" })).json();
      el("a", { href: url, download: "" }).click();
    } catch {
      this.notify("The download failed. Reload the page and try again.", true);
    }
  }

  save(format) {
    const faders = this.rows.filter((row) => this.audible(row)).map((row) => ({ stem: row.stem.stem, gain_db: row.gainDb }));
    if (!faders.length) return this.notify("Every stem is muted: there is no mix to save.", true);
    this.api.trigger("save", { faders, format });
    this.notify("Saving the mix. It appears below the stems.");
    this.message.classList.add("saving"); // aligned with the save button
    return undefined;
  }

  notify(text, error = false) {
    this.message.classList.remove("saving");
    return super.notify(text, error);
  }

  /** Seek by clicking or dragging on an element. */
  seekOn(stage) {
    const seek = (event) => this.seek(pointerShare(event, stage) * this.data.duration_s);
    stage.addEventListener("pointerdown", (event) => {
      stage.setPointerCapture(event.pointerId);
      seek(event);
    });
    stage.addEventListener("pointermove", (event) => stage.hasPointerCapture(event.pointerId) && seek(event));
  }

  keyedOnPage(event) {
    const onControl = event.composedPath()[0].closest?.("input, textarea, select, button, a, summary, [role=slider], [contenteditable]");
    if (lastUsed === this && !onControl && !event.defaultPrevented) this.keyed(event);
  }

  keyed(event) {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches?.("select")) return;
    const row = this.rows[Number(/^(?:Digit|Numpad)([1-6])$/.exec(event.code)?.[1]) - 1];
    const to = seekKey(event, this.mixer.now(), STEP_S, this.mixer.seconds);
    if (row) row.set(event.shiftKey ? { soloed: !row.soloed } : { muted: !row.muted });
    else if (event.code === "Space" && !target.matches?.("button")) this.pressed();
    else if (to !== undefined && !target.matches?.("input")) this.seek(to);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  close() {
    super.close();
    if (lastUsed === this) lastUsed = null;
  }
}

export default component(StemPlayer);
