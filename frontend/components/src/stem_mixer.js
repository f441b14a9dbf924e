// The stems of a song, decoded and started together: one clock, so they stay together to the sample.

const BYTES_A_SAMPLE = 8; // two channels of float32, as browsers keep decoded sound
const MOST_BYTES = 1.1e9; // four stems of twelve minutes at 44.1 kHz; a tab has about twice that
const RATES = [44100, 32000, 22050, 16000, 11025, 8000];
const AHEAD_S = 0.06; // all stems are told to start this much later, which they then do at once
const GLIDE_S = 0.012; // a fader that jumps would click
const contexts = new Map(); // one a rate: browsers have room for a few only

/** The best rate at which so many stems of this length fit into memory; null where none does. */
export function rateFor(count, seconds) {
  return RATES.find((rate) => count * seconds * rate * BYTES_A_SAMPLE <= MOST_BYTES) ?? null;
}

export const amplitude = (gainDb) => 10 ** (gainDb / 20);

export class StemMixer {
  /** `gainDb` was given to all stems in their files; hearing them takes it back. */
  constructor(count, seconds, gainDb) {
    Object.assign(this, { count, seconds, at: 0, playing: false, buffers: null });
    this.rate = rateFor(count, seconds);
    this.levels = new Array(count).fill(1);
    this.makeup = amplitude(-gainDb);
  }

  /**
   * Fetch and decode all stems; while one is decoded the next is fetched. `open(i, signal)` answers
   * with a Response, `progress` hears how many bytes have come.
   */
  async load(open, progress) {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.context = contextAt(this.rate);
    const decoding = [];
    let before = 0;
    for (let i = 0; i < this.count; i += 1) {
      const bytes = await allOf(await open(i, signal), (n) => progress(before + n));
      before += bytes.byteLength;
      decoding.push(this.context.decodeAudioData(bytes));
    }
    const buffers = await Promise.all(decoding);
    if (signal.aborted) throw new DOMException("no longer wanted", "AbortError");
    this.buffers = buffers;
  }

  get ready() {
    return this.buffers !== null;
  }

  play(from) {
    this.halt();
    this.context.resume();
    this.master = new GainNode(this.context, { gain: this.makeup });
    this.master.connect(this.context.destination);
    this.gains = this.levels.map((gain) => new GainNode(this.context, { gain }));
    this.sources = this.buffers.map((buffer) => new AudioBufferSourceNode(this.context, { buffer }));
    const when = this.context.currentTime + AHEAD_S;
    this.sources.forEach((source, i) => {
      source.connect(this.gains[i]).connect(this.master);
      source.start(when, from);
    });
    Object.assign(this, { zero: when - from, at: from, playing: true });
  }

  pause() {
    this.at = this.now();
    this.halt();
  }

  halt() {
    if (!this.playing) return;
    this.sources.forEach((source) => source.stop());
    this.master.disconnect();
    this.playing = false;
  }

  seek(to) {
    this.at = Math.min(this.seconds, Math.max(0, to));
    if (this.playing) this.play(this.at);
  }

  now() {
    const at = this.playing ? Math.max(this.at, this.context.currentTime - this.zero) : this.at;
    return Math.min(this.seconds, at);
  }

  level(i, gain) {
    this.levels[i] = gain;
    if (this.playing) this.gains[i].gain.setTargetAtTime(gain, this.context.currentTime, GLIDE_S);
  }

  /** Let go of the sound: it is hundreds of megabytes. */
  forget() {
    this.stop?.abort();
    this.pause();
    this.buffers = null;
  }
}

function contextAt(sampleRate) {
  if (!contexts.has(sampleRate)) contexts.set(sampleRate, new AudioContext({ sampleRate }));
  return contexts.get(sampleRate);
}

/** A response's bytes, told as they come. */
async function allOf(response, progress) {
  const parts = [];
  let length = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    progress((length += value.byteLength));
  }
  return new Blob(parts).arrayBuffer();
}
