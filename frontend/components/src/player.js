// What was made: a waveform, a picture under it, and its parts to click. A mix has the colours of two
// decks, joins as bands and chapters; a mashup has lanes of stems and sections, its drops in colour.

import WaveSurfer from "wavesurfer.js";
import RegionsPlugin from "wavesurfer.js/plugins/regions";
import { clock, el, icon, ICONS, once } from "./dom.js";
import { LanesPicture } from "./lanes.js";
import { MixPicture } from "./mix_picture.js";

const STEP_S = 5; // what one press of an arrow key moves
const MIX = { one: "track", list: "Chapters", whole: "the mix" };
const instances = new WeakMap();

class Player {
  constructor(root, data) {
    this.data = data;
    this.words = data.words ?? MIX;
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
    this.stage = el("div", { class: "stage", role: "slider", tabindex: 0, "aria-label": `Position in ${this.words.whole}`, "aria-valuemin": 0, onkeydown: (event) => this.keyed(event) });
    this.toggle = button("play", "Play", ICONS.play, () => this.wave.playPause());
    this.title = el("b");
    this.artist = el("span", { class: "artist" });
    this.time = el("span", { class: "time" });
    this.trouble = el("p", { class: "trouble", role: "alert", hidden: true });
    this.list = el("ol", { "aria-label": this.words.list }, ...this.data.clips.map((clip, i) => this.chapter(clip, i)));
    const controls = el(
      "div",
      { class: "controls" },
      button("skip", `Previous ${this.words.one}`, ICONS.previous, () => this.skip(-1)),
      this.toggle,
      button("skip", `Next ${this.words.one}`, ICONS.next, () => this.skip(1)),
      el("p", { class: "now" }, this.title, this.artist),
      this.time,
    );
    const seek = (to) => this.wave.setTime(to);
    this.picture = this.data.lanes ? new LanesPicture(this.data.lanes, seek) : new MixPicture(this.data.picture, seek);
    root.replaceChildren(el("div", { class: this.data.lanes ? "player of-sections" : "player" }, this.stage, this.picture.node, controls, this.trouble, this.list));
  }

  chapter(clip, i) {
    const words = el("span", { class: "name" }, el("b", {}, clip.title), el("span", { class: "artist" }, clip.artist));
    const face = [el("span", { class: `deck ${clip.deck ?? deck(i)}`, "aria-hidden": true }), el("span", { class: "number" }, String(i + 1)), words, el("span", { class: "time" }, clock(clip.chapter_s))];
    const label = `Play ${clip.title}${this.data.lanes ? "" : ` by ${clip.artist}`} from ${clock(clip.chapter_s)}`;
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

  colours() {
    const style = getComputedStyle(this.stage);
    const colour = (name) => style.getPropertyValue(`--st-${name}-color`).trim();
    const width = this.stage.clientWidth * (window.devicePixelRatio || 1) || 1;
    const paint = document.createElement("canvas").getContext("2d").createLinearGradient(0, 0, width, 0);
    const share = (seconds) => Math.min(1, Math.max(0, seconds / this.data.duration_s));
    for (const [at, name] of this.data.lanes ? this.sectionStops() : this.deckStops()) paint.addColorStop(share(at), colour(name));
    return { waveColor: paint, progressColor: paint, cursorColor: colour("text") };
  }

  /** Each track has its deck's colour, and the colour turns over exactly the seconds of the join. */
  deckStops() {
    const side = (place) => (place % 2 ? "blue" : "orange");
    return [[0, "orange"], ...this.data.transitions.flatMap((join) => [[join.start_s, side(join.outgoing)], [join.end_s, side(join.incoming)]])];
  }

  /** What a mashup is made for has the colour, all else the ink. */
  sectionStops() {
    const ends = [...this.data.clips.slice(1).map((clip) => clip.chapter_s), this.data.duration_s];
    return this.data.clips.flatMap((clip, i) => [clip.chapter_s, ends[i]].map((at) => [at, clip.deck === "a" ? "orange" : "text"]));
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
