// A song taken apart: its stems as rows that are heard together, each muted, soloed and faded.

import { clock, el, icon, ICONS, once } from "./dom.js";
import { amplitude, StemMixer } from "./stem_mixer.js";
import { StemRow } from "./stem_row.js";

const STEP_S = 5; // what one press of an arrow key moves
const TAKEN = "segue-sounding"; // said aloud on the page: one sound at a time, whichever widget has it
const FULL_RATE = 44100;
const RENEWAL_MS = 15000; // a page that does not renew by then has gone
const TICKS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200];
const FORMATS = { mp3: "MP3", flac: "FLAC", wav: "WAV" };
const SAVE = "M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6";
const instances = new WeakMap();
let lastUsed = null; // keys pressed on the page itself are meant for this one

class StemPlayer {
  constructor(root, data) {
    this.data = data;
    const top = Math.max(...data.stems.flatMap((stem) => stem.peaks));
    this.rows = data.stems.map((stem, i) => new StemRow(stem, i + 1, top, this));
    this.sounding = this.rows.filter((row) => !row.stem.silent);
    this.mixer = new StemMixer(this.sounding.length, data.duration_s, data.gain_db);
    this.build(root);
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    window.addEventListener(TAKEN, (event) => event.detail !== this && this.giveWay(), { signal });
    document.addEventListener("keydown", (event) => this.keyedOnPage(event), { signal });
    this.changed();
    this.show();
  }

  build(root) {
    this.toggle = el("button", { type: "button", class: "play", "aria-label": "Play", onclick: () => this.pressed() }, icon(ICONS.play));
    this.time = el("span", { class: "time" });
    this.said = el("p", { class: "said", role: "status" });
    this.bar = el("progress", { max: 1, "aria-label": "Loading the stems", hidden: true });
    this.ruler = el("div", { class: "ruler", role: "slider", tabindex: 0, "aria-label": "Position in the song", "aria-valuemin": 0, "aria-valuemax": Math.round(this.data.duration_s) }, ...this.ticks(), el("i", { class: "head" }));
    this.pressable(this.ruler);
    const format = el("select", { "aria-label": "File of the mix" }, ...Object.entries(FORMATS).map(([name, word]) => el("option", { value: name }, word)));
    const save = el("button", { type: "button", class: "save", onclick: () => this.save(format.value) }, icon(SAVE), "Save this mix");
    const reset = el("button", { type: "button", class: "reset", onclick: () => this.reset() }, icon(ICONS.retry), "Reset");
    const head = el("div", { class: "bar" }, this.toggle, this.title(), this.time, el("span", { class: "out" }, reset, format, save));
    const hint = el("p", { class: "hint" }, ...this.hints());
    const rows = el("div", { class: "rows" }, el("div", { class: "row top" }, el("span"), this.ruler, el("span")), ...this.rows.map((row) => row.node));
    this.node = el("div", { class: "stems", role: "group", "aria-label": `Stems of ${this.data.title}`, onkeydown: (event) => this.keyed(event), onfocusin: () => (lastUsed = this), onpointerdown: () => (lastUsed = this) }, head, this.bar, this.said, rows, hint);
    root.replaceChildren(this.node);
  }

  title() {
    const draft = this.data.draft ? el("span", { class: "draft", title: "Made at once, without a model" }, "Draft") : null;
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

  update({ data, setTriggerValue }) {
    this.data = { ...data, stems: this.data.stems };
    this.trigger = setTriggerValue;
    this.renewed?.();
  }

  // ---- what is heard

  heard(row) {
    const anySolo = this.rows.some((one) => one.soloed);
    return !row.muted && !row.stem.silent && (!anySolo || row.soloed);
  }

  changed() {
    if (!this.loading) this.tell(this.lasting ?? "");
    for (const row of this.rows) row.show(this.heard(row));
    this.sounding.forEach((row, i) => this.mixer.level(i, this.heard(row) ? amplitude(row.gainDb) : 0));
  }

  reset() {
    for (const row of this.rows) Object.assign(row, { muted: false, soloed: false, gainDb: 0 });
    this.changed();
  }

  async pressed() {
    if (this.mixer.playing) return this.pause();
    if (!this.mixer.ready && !(await this.load())) return undefined;
    return this.play(this.mixer.at >= this.mixer.seconds - 0.05 ? 0 : this.mixer.at);
  }

  play(from) {
    window.dispatchEvent(new CustomEvent(TAKEN, { detail: this }));
    this.mixer.play(from);
    this.face(true);
    this.tick();
  }

  pause() {
    this.mixer.pause();
    this.face(false);
    this.show();
  }

  /** Somebody else is heard now; the memory is theirs. */
  giveWay() {
    if (this.mixer.playing) this.pause();
    if (!this.loading) this.mixer.forget();
  }

  tick() {
    if (!this.mixer.playing) return;
    this.show();
    if (this.mixer.now() >= this.mixer.seconds) this.pause();
    else requestAnimationFrame(() => this.tick());
  }

  seek(to) {
    this.mixer.seek(to);
    this.show();
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

  face(playing) {
    this.toggle.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.toggle.replaceChildren(icon(playing ? ICONS.pause : ICONS.play));
  }

  // ---- what is fetched

  async load() {
    if (this.loading) return false;
    if (!this.sounding.length) return this.tell("There is nothing to hear in these stems.");
    if (!this.mixer.rate) return this.tell("These stems are too long to be played together here. Download them instead.", true);
    this.loading = true;
    this.bar.hidden = false;
    try {
      await this.mixer.load((i, signal) => this.open(this.sounding[i].stem.path, signal), (bytes) => this.came(bytes));
      const { rate } = this.mixer;
      this.lasting = rate < FULL_RATE ? `Played at ${rate / 1000} kHz to fit into memory. The files have all of it.` : "";
      this.tell(this.lasting);
      return true;
    } catch (trouble) {
      return this.tell(trouble.name === "AbortError" ? "" : "The stems could not be loaded. Press play to try again.", true);
    } finally {
      this.loading = false;
      this.bar.hidden = true;
    }
  }

  came(bytes) {
    this.bar.value = Math.min(1, bytes / this.sounding.reduce((sum, row) => sum + row.stem.size, 0));
    const doing = this.bar.value < 1 ? "Fetching the stems…" : "Decoding…";
    if (this.said.textContent !== doing) this.tell(doing); // said once: a screen reader reads it out
  }

  /** The API's answer; a token that has run out is renewed by the page, once. */
  async open(path, signal, method = "GET") {
    const ask = () => fetch(this.data.api + path, { method, signal, headers: { Authorization: `Bearer ${this.data.token}` } });
    let answer = await ask();
    if (answer.status === 401) {
      const renewal = new Promise((resolve) => (this.renewed = resolve));
      this.trigger("token_expired", Date.now());
      await Promise.race([renewal, new Promise((resolve) => setTimeout(resolve, RENEWAL_MS))]);
      answer = await ask();
    }
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  /** A signed link lasts a while only, so it is asked for when it is needed. */
  async download(stem) {
    try {
      const { url } = await (await this.open(`${stem.path}/link`, undefined, "POST")).json();
      el("a", { href: url, download: "" }).click();
    } catch {
      this.tell("The file could not be fetched. Reload the page and try again.", true);
    }
  }

  save(format) {
    const faders = this.rows.filter((row) => this.heard(row)).map((row) => ({ stem: row.stem.stem, gain_db: row.gainDb }));
    if (!faders.length) return this.tell("Every stem is muted: there is no mix to save.", true);
    this.trigger("save", { faders, format });
    this.tell("This mix is being made. It appears below the stems, to hear and to keep.");
    this.said.classList.add("saving"); // at the end of the line, under the button that was pressed
    return undefined;
  }

  /** Words under the buttons; says False, for a caller that could not go on. */
  tell(words, trouble = false) {
    this.said.textContent = words;
    this.said.classList.remove("saving");
    this.said.classList.toggle("trouble", trouble && Boolean(words));
    return false;
  }

  // ---- keys and pointers

  pressable(stage) {
    const to = (event) => {
      const box = stage.getBoundingClientRect();
      this.seek(((event.clientX - box.left) / box.width) * this.data.duration_s);
    };
    stage.addEventListener("pointerdown", (event) => {
      stage.setPointerCapture(event.pointerId);
      to(event);
    });
    stage.addEventListener("pointermove", (event) => stage.hasPointerCapture(event.pointerId) && to(event));
  }

  keyedOnPage(event) {
    const elsewhere = event.composedPath()[0].closest?.("input, textarea, select, button, a, summary, [role=slider], [contenteditable]");
    if (lastUsed === this && !elsewhere && !event.defaultPrevented) this.keyed(event);
  }

  keyed(event) {
    const on = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || on.matches?.("select")) return;
    const row = this.rows[Number(/^(?:Digit|Numpad)([1-6])$/.exec(event.code)?.[1]) - 1];
    const at = this.mixer.now();
    const to = { ArrowLeft: at - STEP_S, ArrowRight: at + STEP_S, Home: 0, End: this.mixer.seconds }[event.key];
    if (row) row.set(event.shiftKey ? { soloed: !row.soloed } : { muted: !row.muted }, this);
    else if (event.code === "Space" && !on.matches?.("button")) this.pressed();
    else if (to !== undefined && !on.matches?.("input")) this.seek(to);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  close() {
    this.listeners.abort();
    this.mixer.forget();
    if (lastUsed === this) lastUsed = null;
  }
}

export default function (component) {
  const root = component.parentElement.querySelector("[data-root]");
  const player = once(instances, root, () => new StemPlayer(root, component.data));
  player.update(component);
  return () => player.close();
}
