/** The caller page: what the buttons do. */

import { CallProblem, VoiceCall } from "./call.js";
import { Captions } from "./captions.js";
import { showLevel } from "./level.js";
import { WrittenCall } from "./written.js";

const config = JSON.parse(document.getElementById("config").textContent);
const texts = config.texts;
const part = (id) => document.getElementById(id);
const captions = new Captions(part("log"), texts.speakers);

/** @type {VoiceCall | WrittenCall | null} */
let call = null;
let stopLevel = () => {};
let timer = 0;

function handlers(started) {
  return {
    onMessage: (message) => message.caption && captions.add(message.caption),
    onOpen: () => started(),
    onEnd: (problem) => ended(problem),
  };
}

async function openCall(next, connecting) {
  call = next;
  captions.clear();
  hideProblem();
  setButton("open");
  say(connecting);
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
    ...handlers(() => {
      stopLevel = showLevel(next.stream, part("level"));
      part("level-row").hidden = false;
      part("mute").hidden = false;
      const started = Date.now();
      const tick = () => say(`${texts.in_call} ${clock(Date.now() - started)}`);
      timer = setInterval(tick, 1000);
      say(texts.in_call);
    }),
  });
  return openCall(next, texts.connecting);
}

function write() {
  return openCall(new WrittenCall(handlers(() => say(texts.writing))), texts.connecting);
}

function ended(problem) {
  call = null;
  clearInterval(timer);
  stopLevel();
  stopLevel = () => {};
  part("level-row").hidden = true;
  part("mute").hidden = true;
  part("mute").setAttribute("aria-pressed", "false");
  setButton("closed");
  say(texts.ended);
  if (problem) showProblem(problem);
}

function setButton(state) {
  part("call").dataset.state = state;
  part("call-label").textContent = state === "open" ? texts.hang_up : texts.call;
}

function say(text) {
  const status = part("status");
  // the timer is for the eye: a screen reader hears each state once
  status.setAttribute("aria-live", text.startsWith(`${texts.in_call} `) ? "off" : "polite");
  status.textContent = text;
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
  send({ text });
});

addEventListener("pagehide", () => call?.hangUp());
setButton("closed");
