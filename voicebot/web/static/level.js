/** The microphone's level, so that callers see that they are heard. */

const FLOOR_DB = -60;

/**
 * @param {MediaStream} stream
 * @param {HTMLMeterElement} meter
 * @returns {() => void} stops it
 */
export function showLevel(stream, meter) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const decibels = 10 * Math.log10(power + 1e-9);
    meter.value = Math.max(0, 1 - decibels / FLOOR_DB);
  }, 100);
  return () => {
    clearInterval(timer);
    context.close();
    meter.value = 0;
  };
}
