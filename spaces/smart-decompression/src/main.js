// The page: a picture or a playing video, as it is and restored, under one slider and one switch.
import { loadRestorer } from "./restorer.js";

const MOST_PIXELS = 4e6;
const find = (id) => document.getElementById(id);
const stage = find("stage");
const [before, after] = [find("before"), find("after")].map((canvas) =>
  canvas.getContext("2d", { willReadFrequently: true }),
);
const video = find("video");
const isOn = () => find("switch").checked;
let restorer = null;
let turn = 0; // counts what was opened, so that work on the last one can stop

async function start() {
  try {
    restorer = await loadRestorer("./model.onnx");
    say(`Ready. Runs on this device, in ${restorer.engine}: nothing is uploaded.`);
    find("file").disabled = false;
  } catch (error) {
    say(`The network could not be loaded: ${error.message}`, true);
  }
}

async function openFile(file) {
  turn += 1;
  video.pause();
  stage.hidden = false;
  find("save").hidden = true;
  find("controls").hidden = true;
  try {
    if (file.type.startsWith("video/")) await showVideo(file, turn);
    else await showPicture(file, turn);
  } catch (error) {
    say(`${file.name} cannot be shown: ${error.message}`, true);
  }
}

async function showPicture(file, mine) {
  const bitmap = await createImageBitmap(file);
  fit(bitmap.width, bitmap.height);
  before.drawImage(bitmap, 0, 0);
  after.drawImage(bitmap, 0, 0);
  say("Restoring ...");
  const began = performance.now();
  await restoreShown();
  if (mine !== turn) return;
  const seconds = (performance.now() - began) / 1000;
  say(`${file.name}, ${bitmap.width} x ${bitmap.height}, restored in ${seconds.toFixed(2)} s in ${restorer.engine}.`);
  find("save").download = file.name.replace(/\.[^.]*$/, "") + "-restored.png";
  find("save").href = URL.createObjectURL(await new Promise((done) => after.canvas.toBlob(done)));
  find("save").hidden = false;
}

async function showVideo(file, mine) {
  URL.revokeObjectURL(video.src);
  video.src = URL.createObjectURL(file);
  await new Promise((done, fail) => {
    video.onloadeddata = done;
    video.onerror = () => fail(new Error("this browser cannot play it"));
  });
  fit(video.videoWidth, video.videoHeight);
  find("controls").hidden = false;
  await video.play();
  const times = [];
  while (mine === turn) {
    before.drawImage(video, 0, 0);
    if (isOn()) await restoreShown();
    const now = performance.now();
    times.push(now);
    while (times[0] < now - 2000) times.shift();
    const fps = times.length > 1 ? (1000 * (times.length - 1)) / (now - times[0]) : 0;
    if (!video.paused) say(`${fps.toFixed(1)} frames per second, ${isOn() ? `restored in ${restorer.engine}` : "as they are"}.`);
    await nextFrame();
  }
}

/** Restores what the first canvas shows into the second. */
async function restoreShown() {
  const { width, height } = before.canvas;
  after.putImageData(await restorer.restore(before.getImageData(0, 0, width, height)), 0, 0);
}

/** Waits for the next frame of the video, or for a moment where it stands still. */
function nextFrame() {
  return new Promise((done) => {
    if (video.paused || !video.requestVideoFrameCallback) setTimeout(done, 100);
    else {
      video.requestVideoFrameCallback(done);
      setTimeout(done, 500); // it may end meanwhile
    }
  });
}

function fit(width, height) {
  if (width * height > MOST_PIXELS) {
    throw new Error(`it has ${width} x ${height} pixels; up to ${MOST_PIXELS / 1e6} megapixels can be done here`);
  }
  for (const { canvas } of [before, after]) Object.assign(canvas, { width, height });
  stage.style.aspectRatio = `${width} / ${height}`;
}

function say(text, isError = false) {
  find("words").textContent = text;
  find("words").classList.toggle("error", isError);
}

function split() {
  stage.style.setProperty("--split", `${find("split").value}%`);
  find("after").hidden = !isOn();
}

find("file").addEventListener("change", ({ target }) => target.files[0] && openFile(target.files[0]));
find("split").addEventListener("input", split);
find("switch").addEventListener("change", split);
find("play").addEventListener("click", () => (video.paused ? video.play() : video.pause()));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  if (restorer && event.dataTransfer.files[0]) openFile(event.dataTransfer.files[0]);
});
start();
