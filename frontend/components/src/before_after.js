// The same sound before and after, both decoded and in step: one is heard, and a press changes sides.

import { clock, el, icon, ICONS, once } from "./dom.js";
import { TAKEN } from "./sounding.js";
import { StemMixer } from "./stem_mixer.js";
import { outline, shape } from "./svg.js";

const HEIGHT = 96;
const instances = new WeakMap();

class BeforeAfter {
  constructor(root, data) {
    this.data = data;
    this.side = data.sides.length - 1; // the last is what was made
    this.mixer = new StemMixer(data.sides.length, data.duration_s, 0);
    this.mixer.levels = data.sides.map((_, i) => Number(i === this.side));
    this.listeners = new AbortController();
    window.addEventListener(TAKEN, (event) => event.detail !== this && this.giveWay(), { signal: this.listeners.signal });
    this.build(root);
    this.show();
  }

  build(root) {
    const quiet = this.data.peaks.length ? "" : " quiet";
    this.toggle = el("button", { type: "button", class: `play${quiet}`, onclick: () => this.pressed() });
    this.buttons = this.data.sides.map((side, i) => el("button", { type: "button", "aria-pressed": String(i === this.side), onclick: () => this.choose(i) }, side.label));
    const sides = el("span", { class: "sides", role: "group", "aria-label": `What is heard of ${this.data.name}` }, ...this.buttons);
    this.where = el("input", { type: "range", class: "where", min: 0, max: this.data.duration_s, step: 0.01, value: 0, "aria-label": `Position in ${this.data.name}`, oninput: () => this.seek(Number(this.where.value)) });
    this.time = el("span", { class: "time" });
    this.said = el("p", { class: "said", role: "status" });
    this.stage = this.data.peaks.length ? this.picture() : null;
    root.replaceChildren(el("div", { class: "frame" }, el("div", { class: "pair" }, this.toggle, this.buttons.length > 1 ? sides : el("span"), this.where, this.time, this.stage), this.said));
    this.face(false);
  }

  picture() {
    const stage = shape("svg", { class: "stage", "aria-hidden": "true" });
    stage.addEventListener("click", (event) => {
      const box = stage.getBoundingClientRect();
      this.seek(((event.clientX - box.left) / box.width) * this.data.duration_s);
      if (!this.mixer.playing) this.pressed();
    });
    new ResizeObserver(() => this.draw()).observe(stage);
    return stage;
  }

  draw() {
    this.width = this.stage.clientWidth;
    if (!this.width) return;
    const wave = outline(this.data.peaks, this.width, 0, HEIGHT);
    this.past = shape("rect", { x: 0, y: 0, height: HEIGHT, width: 0 });
    this.head = shape("line", { class: "head", y1: 0, y2: HEIGHT });
    this.stage.replaceChildren(shape("clipPath", { id: "heard" }, this.past), shape("path", { class: "wave", d: wave }), shape("path", { class: "heard", d: wave, "clip-path": "url(#heard)" }), this.head);
    this.show();
  }

  update({ data, setTriggerValue }) {
    this.data = { ...data, peaks: this.data.peaks };
    this.trigger = setTriggerValue;
    this.renewed?.();
  }

  choose(side) {
    this.side = side;
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === side)));
    this.data.sides.forEach((_, i) => this.mixer.level(i, Number(i === side)));
  }

  async pressed() {
    if (this.mixer.playing) return this.pause();
    if (!this.mixer.ready && !(await this.load())) return undefined;
    return this.play(this.mixer.at >= this.data.duration_s - 0.05 ? 0 : this.mixer.at);
  }

  async load() {
    if (!this.mixer.rate) return this.tell("This is too long to be played here. Download it instead.");
    this.toggle.disabled = true;
    this.tell("Fetching the sound…", false);
    try {
      await this.mixer.load((i, signal) => this.open(this.data.sides[i].path, signal), () => {});
      this.tell("", false);
      return true;
    } catch (trouble) {
      return this.tell(trouble.name === "AbortError" ? "" : "The sound could not be loaded. Press play to try again.");
    } finally {
      this.toggle.disabled = false;
    }
  }

  /** The API's answer; a token that has run out is renewed by the page, once. */
  async open(path, signal) {
    const ask = () => fetch(this.data.api + path, { signal, headers: { Authorization: `Bearer ${this.data.token}` } });
    let answer = await ask();
    if (answer.status === 401) {
      const renewal = new Promise((resolve) => (this.renewed = resolve));
      this.trigger("token_expired", Date.now());
      await renewal;
      answer = await ask();
    }
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
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
    if (!this.toggle.disabled) this.mixer.forget();
  }

  tick() {
    if (!this.mixer.playing) return;
    this.show();
    if (this.mixer.now() >= this.data.duration_s) this.pause();
    else requestAnimationFrame(() => this.tick());
  }

  seek(to) {
    this.mixer.seek(to);
    this.show();
  }

  show() {
    const at = this.mixer.now();
    this.where.value = at;
    this.where.setAttribute("aria-valuetext", clock(at));
    this.time.textContent = `${clock(at)} / ${clock(this.data.duration_s)}`;
    if (!this.head) return;
    const x = (at / this.data.duration_s) * this.width;
    this.past.setAttribute("width", x);
    this.head.setAttribute("x1", x);
    this.head.setAttribute("x2", x);
  }

  face(playing) {
    this.toggle.setAttribute("aria-label", `${playing ? "Pause" : "Play"} ${this.data.name}`);
    this.toggle.replaceChildren(icon(playing ? ICONS.pause : ICONS.play));
  }

  /** Words under the row; says False, for a caller that could not go on. */
  tell(words, trouble = true) {
    this.said.textContent = words;
    this.said.classList.toggle("trouble", trouble && Boolean(words));
    return false;
  }

  close() {
    this.listeners.abort();
    this.mixer.forget();
  }
}

export default function (component) {
  const root = component.parentElement.querySelector("[data-root]");
  const pair = once(instances, root, () => new BeforeAfter(root, component.data));
  pair.update(component);
  return () => pair.close();
}
