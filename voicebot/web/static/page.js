/** The caller page: what the buttons do. */

import { CallProblem, VoiceCall, ring } from "./call.js";
import { Captions } from "./captions.js";
import { showLevel } from "./level.js";
import { WrittenCall } from "./written.js";

const config = JSON.parse(document.getElementById("config").textContent);
const texts = config.texts;
const part = (id) => document.getElementById(id);
const captions = new Captions(part("log"), texts.speakers);

/** @type {VoiceCall | WrittenCall | null} */
let call = null;
let opened = false;
let stopLevel = () => {};
let timer = 0;

/** What was written and not yet taken: it returns to its field when the line fails. */
let untaken = "";

function handlers(started) {
  return {
    office: config.office,
    onMessage: ({ caption }) => {
      if (!caption) return;
      if (caption.speaker === "caller") untaken = "";
      captions.add(caption);
    },
    onOpen: () => {
      opened = true;
      started();
    },
    onEnd: (problem) => ended(problem),
  };
}

async function openCall(next) {
  call = next;
  opened = false;
  captions.clear();
  hideProblem();
  setButton("open");
  say(texts.connecting);
  try {
    await next.open();
  } catch (error) {
    const known = error instanceof CallProblem;
    if (!known) console.warn(error);
    next.end(known ? error : new CallProblem("unreachable"));
  }
}

function speak() {
  const next = new VoiceCall({
    iceServers: config.iceServers,
    audio: part("voice"),
    ring: (sdp) => ring(sdp, config.office),
    ...handlers(() => {
      stopLevel = showLevel(next.stream, part("level"));
      part("microphone").hidden = false;
      say(texts.in_call);
      startTime();
    }),
  });
  return openCall(next);
}

function write() {
  return openCall(new WrittenCall(handlers(() => say(texts.writing))));
}

function ended(problem) {
  call = null;
  clearInterval(timer);
  stopLevel();
  stopLevel = () => {};
  if (part("microphone").contains(document.activeElement)) part("call").focus();
  part("microphone").hidden = true;
  part("time").hidden = true;
  part("mute").setAttribute("aria-pressed", "false");
  setButton("closed");
  say(opened ? texts.ended : "");
  if (!problem) return;
  showProblem(problem);
  if (!part("text").value) part("text").value = untaken;
  untaken = "";
}

function setButton(state) {
  part("call").dataset.state = state;
  part("call-label").textContent = state === "open" ? texts.hang_up : texts.call;
}

function say(text) {
  part("status").textContent = text;
}

function startTime() {
  const started = Date.now();
  const tick = () => (part("time").textContent = clock(Date.now() - started));
  tick();
  part("time").hidden = false;
  timer = setInterval(tick, 1000);
}

function showProblem(problem) {
  const box = part("problem");
  const lines = [texts.problems[problem.name] ?? texts.problems.unreachable, texts.write_instead];
  box.replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })),
  );
  box.hidden = false;
}

function hideProblem() {
  part("problem").hidden = true;
}

function clock(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Whatever is written or pressed with no call going on begins a written one. */
function send(message) {
  if (!call) write();
  call.send(message);
}

function press(key) {
  send({ key });
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 150);
}

part("call").addEventListener("click", () => (call ? call.hangUp() : speak()));

part("mute").addEventListener("click", ({ currentTarget }) => {
  const muted = currentTarget.getAttribute("aria-pressed") !== "true";
  currentTarget.setAttribute("aria-pressed", String(muted));
  call?.mute?.(muted);
});

for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => press(button.dataset.key));
}

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement;
  const plain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat;
  if (call && plain && !typing && /^[0-9*#]$/.test(event.key)) press(event.key);
});

part("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = part("text").value.trim();
  if (!text) return;
  part("text").value = "";
  untaken = text;
  send({ text });
});

addEventListener("pagehide", () => call?.hangUp());
setButton("closed");
