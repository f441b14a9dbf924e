// The player of a mix or a mashup: a waveform, a picture of decks or lanes, chapters or sections.

import WaveSurfer from "wavesurfer.js";
import RegionsPlugin from "wavesurfer.js/plugins/regions";
import { clock, component, el, icon, iconButton, ICONS, seekKey, showPlaying } from "./dom.js";
import { LanesPicture } from "./lanes.js";
import { MixPicture } from "./mix_picture.js";

const STEP_S = 5; // what an arrow key moves
const MIX_LABELS = { one: "track", list: "Chapters", whole: "the mix" };

class Player {
  constructor(root, data) {
    this.data = data;
    this.labels = data.labels ?? MIX_LABELS;
    this.build(root);
    this.regions = RegionsPlugin.create();
    this.wave = WaveSurfer.create({
      container: this.stage,
      media: new Audio(),
      url: data.url,
      peaks: [data.peaks],
      duration: data.duration_s, // with peaks and length given, the browser does not decode the mix
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
    this.stage = el("div", { class: "stage", role: "slider", tabindex: 0, "aria-label": `Position in ${this.labels.whole}`, "aria-valuemin": 0, onkeydown: (event) => this.keyed(event) });
    this.toggle = iconButton("play", "Play", ICONS.play, () => this.wave.playPause());
    this.title = el("b");
    this.artist = el("span", { class: "artist" });
    this.time = el("span", { class: "time" });
    this.error = el("p", { class: "error", role: "alert", hidden: true });
    this.list = el("ol", { "aria-label": this.labels.list }, ...this.data.clips.map((clip, i) => this.chapter(clip, i)));
    const controls = el(
      "div",
      { class: "controls" },
      iconButton("skip", `Previous ${this.labels.one}`, ICONS.previous, () => this.skip(-1)),
      this.toggle,
      iconButton("skip", `Next ${this.labels.one}`, ICONS.next, () => this.skip(1)),
      el("p", { class: "now" }, this.title, this.artist),
      this.time,
    );
    const seek = (to) => this.wave.setTime(to);
    this.picture = this.data.lanes ? new LanesPicture(this.data.lanes, seek) : new MixPicture(this.data.picture, seek);
    root.replaceChildren(el("div", { class: this.data.lanes ? "player of-sections" : "player" }, this.stage, this.picture.node, controls, this.error, this.list));
  }

  chapter(clip, i) {
    const names = el("span", { class: "name" }, el("b", {}, clip.title), el("span", { class: "artist" }, clip.artist));
    const cells = [el("span", { class: `deck ${clip.deck ?? deck(i)}`, "aria-hidden": true }), el("span", { class: "number" }, String(i + 1)), names, el("span", { class: "time" }, clock(clip.chapter_s))];
    const label = `Play ${clip.title}${this.data.lanes ? "" : ` by ${clip.artist}`} from ${clock(clip.chapter_s)}`;
    return el("li", {}, el("button", { type: "button", "aria-label": label, onclick: () => this.playFrom(clip.chapter_s) }, ...cells));
  }

  listen() {
    this.wave.on("ready", () => this.mark());
    this.wave.on("timeupdate", (at) => this.show(at)); // not reported to the page, which would rerun
    this.wave.on("resize", () => this.update());
    this.wave.on("play", () => this.playing(true));
    this.wave.on("pause", () => this.playing(false));
    this.wave.on("error", () => this.failed());
    this.show(0);
  }

  /** Add regions after `ready`: before the length is known they would start at 0. */
  mark() {
    this.regions.clearRegions();
    for (const join of this.data.transitions) {
      this.regions.addRegion({ start: join.start_s, end: join.end_s, color: "var(--segue-join)", drag: false, resize: false });
    }
    for (const [i, clip] of this.data.clips.entries()) {
      const flag = el("span", {}, String(i + 1));
      this.regions.addRegion({ start: clip.chapter_s, content: flag, color: "var(--st-text-color)", drag: false, resize: false });
    }
    this.update();
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

  /** Each track has its deck's colour; the colour changes during the join. */
  deckStops() {
    const side = (place) => (place % 2 ? "blue" : "orange");
    return [[0, "orange"], ...this.data.transitions.flatMap((join) => [[join.start_s, side(join.outgoing)], [join.end_s, side(join.incoming)]])];
  }

  /** The drops of a mashup are coloured, other sections are not. */
  sectionStops() {
    const ends = [...this.data.clips.slice(1).map((clip) => clip.chapter_s), this.data.duration_s];
    return this.data.clips.flatMap((clip, i) => [clip.chapter_s, ends[i]].map((at) => [at, clip.deck === "a" ? "orange" : "text"]));
  }

  /** Repaint, since size or theme may have changed. */
  update() {
    this.wave?.setOptions(this.colours());
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
    showPlaying(this.toggle, yes);
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
    const to = seekKey(event, this.wave.getCurrentTime(), STEP_S, this.data.duration_s);
    if (event.key === " ") this.wave.playPause();
    else if (to !== undefined) this.wave.setTime(to);
    else return;
    event.preventDefault();
  }

  failed() {
    this.error.hidden = false;
    this.error.replaceChildren(icon(ICONS.warning), "Loading failed. Reload the page: its links expire after a while.");
  }

  close() {
    this.wave.destroy();
  }
}

const deck = (i) => (i % 2 ? "b" : "a");

export default component(Player);
