// The finished mix: its waveform in the colours of two decks, joins as bands, chapters to click.

import WaveSurfer from "wavesurfer.js";
import RegionsPlugin from "wavesurfer.js/plugins/regions";
import { clock, el, icon, ICONS, once } from "./dom.js";
import { MixPicture } from "./mix_picture.js";

const STEP_S = 5; // what one press of an arrow key moves
const instances = new WeakMap();

class Player {
  constructor(root, data) {
    this.data = data;
    this.build(root);
    this.regions = RegionsPlugin.create();
    this.wave = WaveSurfer.create({
      container: this.stage,
      media: new Audio(),
      url: data.url,
      peaks: [data.peaks],
      duration: data.duration_s, // with peaks and length given, the browser never decodes the mix
      height: 120,
      barWidth: 2,
      barGap: 1,
      barRadius: 1,
      cursorWidth: 2,
      dragToSeek: true,
      plugins: [this.regions],
      ...this.colours(),
    });
    this.listen();
  }

  build(root) {
    this.stage = el("div", { class: "stage", role: "slider", tabindex: 0, "aria-label": "Position in the mix", "aria-valuemin": 0, onkeydown: (event) => this.keyed(event) });
    this.toggle = button("play", "Play", ICONS.play, () => this.wave.playPause());
    this.title = el("b");
    this.artist = el("span", { class: "artist" });
    this.time = el("span", { class: "time" });
    this.trouble = el("p", { class: "trouble", role: "alert", hidden: true });
    this.list = el("ol", { "aria-label": "Chapters" }, ...this.data.clips.map((clip, i) => this.chapter(clip, i)));
    const controls = el(
      "div",
      { class: "controls" },
      button("skip", "Previous track", ICONS.previous, () => this.skip(-1)),
      this.toggle,
      button("skip", "Next track", ICONS.next, () => this.skip(1)),
      el("p", { class: "now" }, this.title, this.artist),
      this.time,
    );
    this.picture = new MixPicture(this.data.picture, (to) => this.wave.setTime(to));
    root.replaceChildren(el("div", { class: "player" }, this.stage, this.picture.node, controls, this.trouble, this.list));
  }

  chapter(clip, i) {
    const words = el("span", { class: "name" }, el("b", {}, clip.title), el("span", { class: "artist" }, clip.artist));
    const face = [el("span", { class: `deck ${deck(i)}`, "aria-hidden": true }), el("span", { class: "number" }, String(i + 1)), words, el("span", { class: "time" }, clock(clip.chapter_s))];
    const label = `Play ${clip.title} by ${clip.artist} from ${clock(clip.chapter_s)}`;
    return el("li", {}, el("button", { type: "button", "aria-label": label, onclick: () => this.playFrom(clip.chapter_s) }, ...face));
  }

  listen() {
    this.wave.on("ready", () => this.mark());
    this.wave.on("timeupdate", (at) => this.show(at)); // drawn here; the page hears nothing of it
    this.wave.on("resize", () => this.recolour());
    this.wave.on("play", () => this.playing(true));
    this.wave.on("pause", () => this.playing(false));
    this.wave.on("error", () => this.failed());
    this.show(0);
  }

  /** Regions start at 0 when they are added before the length is known, so this waits for `ready`. */
  mark() {
    this.regions.clearRegions();
    for (const join of this.data.transitions) {
      this.regions.addRegion({ start: join.start_s, end: join.end_s, color: "var(--segue-join)", drag: false, resize: false });
    }
    for (const [i, clip] of this.data.clips.entries()) {
      const flag = el("span", {}, String(i + 1));
      this.regions.addRegion({ start: clip.chapter_s, content: flag, color: "var(--st-text-color)", drag: false, resize: false });
    }
    this.recolour();
  }

  /** Each track has its deck's colour, and the colour turns over exactly the seconds of the join. */
  colours() {
    const style = getComputedStyle(this.stage);
    const [a, b] = [style.getPropertyValue("--st-orange-color").trim(), style.getPropertyValue("--st-blue-color").trim()];
    const width = this.stage.clientWidth * (window.devicePixelRatio || 1) || 1;
    const paint = document.createElement("canvas").getContext("2d").createLinearGradient(0, 0, width, 0);
    const share = (seconds) => Math.min(1, Math.max(0, seconds / this.data.duration_s));
    paint.addColorStop(0, a);
    for (const join of this.data.transitions) {
      paint.addColorStop(share(join.start_s), join.outgoing % 2 ? b : a);
      paint.addColorStop(share(join.end_s), join.incoming % 2 ? b : a);
    }
    return { waveColor: paint, progressColor: paint, cursorColor: style.getPropertyValue("--st-text-color").trim() };
  }

  recolour() {
    if (this.wave) this.wave.setOptions(this.colours());
  }

  current(at) {
    return Math.max(0, this.data.clips.findLastIndex((clip) => clip.chapter_s <= at + 0.05));
  }

  show(at) {
    const index = this.current(at);
    const clip = this.data.clips[index];
    this.picture.show(at);
    this.time.textContent = `${clock(at)} / ${clock(this.data.duration_s)}`;
    this.stage.setAttribute("aria-valuemax", Math.round(this.data.duration_s));
    this.stage.setAttribute("aria-valuenow", Math.round(at));
    this.stage.setAttribute("aria-valuetext", `${clock(at)}, ${clip.title}`);
    if (index === this.shown) return;
    this.shown = index;
    [this.title.textContent, this.artist.textContent] = [clip.title, clip.artist];
    [...this.list.children].forEach((row, i) => row.firstChild.setAttribute("aria-current", String(i === index)));
  }

  playing(yes) {
    this.toggle.setAttribute("aria-label", yes ? "Pause" : "Play");
    this.toggle.replaceChildren(icon(yes ? ICONS.pause : ICONS.play));
    this.list.classList.toggle("running", yes);
  }

  playFrom(seconds) {
    this.wave.setTime(seconds);
    this.wave.play().catch(() => this.failed());
  }

  skip(by) {
    const clip = this.data.clips[this.current(this.wave.getCurrentTime()) + by];
    if (clip) this.wave.setTime(clip.chapter_s);
  }

  keyed(event) {
    const at = this.wave.getCurrentTime();
    const to = { ArrowLeft: at - STEP_S, ArrowRight: at + STEP_S, Home: 0, End: this.data.duration_s }[event.key];
    if (event.key === " ") this.wave.playPause();
    else if (to !== undefined) this.wave.setTime(Math.min(this.data.duration_s, Math.max(0, to)));
    else return;
    event.preventDefault();
  }

  failed() {
    this.trouble.hidden = false;
    this.trouble.replaceChildren(icon(ICONS.warning), "The sound could not be loaded. Reload the page: its links last only a while.");
  }
}

const deck = (i) => (i % 2 ? "b" : "a");

function button(name, label, path, onclick) {
  return el("button", { type: "button", class: name, "aria-label": label, onclick }, icon(path));
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector("[data-root]");
  const player = once(instances, root, () => new Player(root, data));
  player.recolour(); // the theme may have changed
  return () => player.wave.destroy();
}
