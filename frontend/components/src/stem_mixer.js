// Decode several sounds and play them in step, to the sample, each with its own level.

const BYTES_PER_SAMPLE = 8; // two channels of float32, as browsers store decoded audio
const MAX_BYTES = 1.1e9; // four stems of twelve minutes at 44.1 kHz; a tab has about twice that
const RATES = [44100, 32000, 22050, 16000, 11025, 8000];
const AHEAD_S = 0.06; // all sources are scheduled this far ahead, so that they start together
const GLIDE_S = 0.012; // a sudden change of level would click
const contexts = new Map(); // one for each rate, since browsers allow only a few

/** The highest rate at which this many sounds of this length fit into memory, or null. */
export function rateFor(count, seconds) {
  return RATES.find((rate) => count * seconds * rate * BYTES_PER_SAMPLE <= MAX_BYTES) ?? null;
}

export const amplitude = (gainDb) => 10 ** (gainDb / 20);

export class StemMixer {
  /** `gainDb` was applied to the files; playback reverses it. */
  constructor(count, seconds, gainDb) {
    Object.assign(this, { count, seconds, at: 0, playing: false, buffers: null });
    this.rate = rateFor(count, seconds);
    this.levels = new Array(count).fill(1);
    this.makeup = amplitude(-gainDb);
  }

  /**
   * Fetch and decode all sounds; while one is decoded the next is fetched. `open(i, signal)` returns
   * a Response, `progress` receives the number of bytes so far.
   */
  async load(open, progress) {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.context = contextAt(this.rate);
    const decoding = [];
    let received = 0;
    for (let i = 0; i < this.count; i += 1) {
      const offset = received;
      const bytes = await bytesOf(await open(i, signal), (n) => progress(offset + n));
      received += bytes.byteLength;
      decoding.push(this.context.decodeAudioData(bytes));
    }
    const buffers = await Promise.all(decoding);
    if (signal.aborted) throw new DOMException("cancelled", "AbortError");
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

  /** Free the decoded audio: hundreds of megabytes. */
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

/** The bytes of a response, with progress. */
async function bytesOf(response, progress) {
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
