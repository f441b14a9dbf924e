// A sound as a picture to press: its waveform, a tick wherever something begins, and where it plays.

import { el, once } from "./dom.js";
import { Sounding } from "./sounding.js";
import { outline, shape } from "./svg.js";

const HEIGHT = 112;
const FLAG = 9; // room above the waveform for the heads of the ticks
const STEP_SHARE = 0.05; // of its length: what one press of an arrow key moves
const instances = new WeakMap();

class SoundPicture extends Sounding {
  constructor(root) {
    super();
    this.stage = shape("svg", { class: "stage", role: "slider", tabindex: 0, "aria-label": "Position in the sound", "aria-valuemin": 0 });
    this.stage.addEventListener("click", (event) => this.clicked(event));
    this.stage.addEventListener("keydown", (event) => this.keyed(event));
    this.time = el("span", { class: "time" });
    this.begins = el("span", {});
    this.legend = el("span", { class: "legend" }, el("i", { "aria-hidden": true }), this.begins);
    root.replaceChildren(el("div", { class: "sound" }, el("span", { class: "toggle-place" }, this.toggle), this.stage, el("div", { class: "under" }, this.legend, this.time)), this.said);
    new ResizeObserver(() => this.draw()).observe(this.stage);
  }

  update({ data, setTriggerValue }) {
    if (this.data && this.data.url !== data.url) this.forget();
    this.data = data;
    this.trigger = setTriggerValue;
    if (!this.playing) this.face(false);
    const count = data.onsets_s.length;
    this.begins.textContent = count ? `${count} ${count === 1 ? "onset" : "onsets"}` : "No onset heard";
    this.stage.setAttribute("aria-valuemax", data.duration_s);
    this.draw();
  }

  draw() {
    this.width = this.stage.clientWidth;
    if (!this.data || !this.width) return;
    const wave = outline(this.data.peaks, this.width, FLAG, HEIGHT);
    this.heard = shape("clipPath", { id: "heard" });
    this.past = shape("rect", { x: 0, y: 0, height: HEIGHT, width: 0 });
    this.heard.append(this.past);
    this.head = shape("line", { class: "head", y1: 0, y2: HEIGHT });
    const ticks = this.data.onsets_s.flatMap((at) => tick((at / this.data.duration_s) * this.width));
    this.stage.replaceChildren(this.heard, shape("path", { class: "wave", d: wave }), shape("path", { class: "heard", d: wave, "clip-path": "url(#heard)" }), ...ticks, this.head);
    this.show();
  }

  clicked(event) {
    const box = this.stage.getBoundingClientRect();
    this.playFrom(((event.clientX - box.left) / box.width) * this.data.duration_s);
  }

  keyed(event) {
    const [at, all] = [this.now(), this.data.duration_s];
    const to = { ArrowLeft: at - STEP_SHARE * all, ArrowRight: at + STEP_SHARE * all, Home: 0, End: all }[event.key];
    if (event.key === " " || event.key === "Enter") this.pressed();
    else if (to !== undefined) this.seek(Math.min(all, Math.max(0, to)));
    else return;
    event.preventDefault();
  }

  show() {
    const at = this.now();
    const said = `${at.toFixed(1)} of ${this.data.duration_s.toFixed(1)} s`;
    this.time.textContent = said;
    this.stage.setAttribute("aria-valuenow", at.toFixed(2));
    this.stage.setAttribute("aria-valuetext", said);
    if (!this.head) return;
    const x = Math.min(1, at / this.data.duration_s) * this.width;
    this.past.setAttribute("width", x);
    this.head.setAttribute("x1", x);
    this.head.setAttribute("x2", x);
  }
}

function tick(x) {
  return [shape("line", { class: "onset", x1: x, x2: x, y1: 0, y2: HEIGHT }), shape("path", { class: "flag", d: `M ${x - 4} 0 L ${x + 4} 0 L ${x} 7 Z` })];
}

export default function (component) {
  const root = component.parentElement.querySelector("[data-root]");
  const picture = once(instances, root, () => new SoundPicture(root));
  picture.update(component);
  return () => picture.close();
}
