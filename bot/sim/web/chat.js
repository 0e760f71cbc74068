// The chat page: one person's conversation with the bot, kept up to date by the simulator's event stream.

import { loadRenderer } from "/web/cards.js";
import { messageCommands, search } from "/web/extension.js";
import { contents, initials, make, reactions } from "/web/messages.js";

const options = new URLSearchParams(location.search);
const find = (id) => document.getElementById(id);
const TOASTS = 2;
const state = { commands: [], users: [], user: null, renderer: null, quote: null, unread: new Map(), shown: new Map(), refreshed: new Set() };

async function ask(path, body) {
  const answer = await fetch(`/_sim/${path}`, body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error ?? answer.statusText);
  return said;
}

const act = (verb, details = {}) => ask(`users/${encodeURIComponent(state.user.aad)}/${verb}`, details);

// Theme

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => (["dark", "light"].includes(options.get("theme")) ? options.get("theme") : prefersDark.matches ? "dark" : "light");
function paint() {
  document.documentElement.dataset.theme = theme();
  if (state.user) loadChat();
}
prefersDark.addEventListener("change", paint);

// People

async function loadPeople() {
  state.users = await ask("users");
  const wanted = state.user?.aad ?? options.get("user");
  const user = state.users.find((one) => [one.aad, one.name].includes(wanted)) ?? state.users[0] ?? null;
  drawPeople(user);
  if (user && user.aad !== state.user?.aad) await choose(user);
  else if (user) { state.user = user; drawHeader(); }
  if (!user) find("seen-by").textContent = "Add a person to begin.";
}

function drawPeople(chosen) {
  find("people-list").replaceChildren(...state.users.map((user) => {
    const unread = state.unread.get(user.aad) ?? 0;
    const button = make("button", { type: "button" },
      make("span", { className: "avatar", textContent: initials(user.name), ariaHidden: "true" }),
      make("span", { className: "name", textContent: user.name }),
      unread ? make("span", { className: "unread", textContent: unread, ariaLabel: `${unread} unread` }) : null);
    if (user.aad === chosen?.aad) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => choose(user));
    return make("li", {}, button);
  }));
}

async function choose(user) {
  state.user = user;
  state.unread.delete(user.aad);
  options.set("user", user.aad);
  history.replaceState(null, "", `?${options}`);
  collapsePeople();
  setQuote(null);
  drawPeople(user);
  drawHeader();
  await loadChat();
}

function drawHeader() {
  find("seen-by").textContent = `as ${state.user.name}`;
  find("install").hidden = state.user.installed;
}

function collapsePeople() {
  document.body.classList.remove("people-open");
  find("menu").setAttribute("aria-expanded", "false");
}

// Messages

async function loadChat() {
  const { chat, dialog } = await ask(`users/${encodeURIComponent(state.user.aad)}`);
  state.shown.clear();
  find("messages").replaceChildren();
  chat.messages.forEach(showMessage);
  toEnd();
  if (dialog) openDialog(dialog);
}

function toEnd() {
  const list = find("messages");
  list.scrollTop = list.scrollHeight;
}

function showMessage(message) {
  if (message.conversation !== state.user?.conversation) return;
  const look = JSON.stringify([message.text, message.card, message.attachments, message.deleted, message.updates, message.reactions]);
  const before = state.shown.get(message.id);
  if (before?.look === look) return;
  const node = drawMessage(message);
  if (before) before.node.replaceWith(node);
  else find("messages").append(node);
  state.shown.set(message.id, { look, node });
  if (message.bot) find("typing").textContent = "";
  refreshOnSight(message);
}

function drawMessage(message) {
  const time = new Date(message.at).toLocaleTimeString(state.user.locale, { hour: "2-digit", minute: "2-digit", timeZone: state.user.timezone });
  const changed = message.updates && !message.deleted ? " · Edited" : "";
  const head = make("p", { className: "head" }, make("b", { textContent: message.bot ? message.from : "You" }), ` ${time}${message.bot ? "" : changed}`);
  const body = make("div", { className: message.card && !message.deleted ? "body card" : "body" });
  if (message.deleted) body.append(make("p", { className: "gone", textContent: "This message was deleted." }));
  else body.append(...contents(message, drawCard));
  const item = make("li", { className: message.bot ? "from-bot" : "from-me" },
    message.bot ? make("span", { className: "avatar bot", ariaHidden: "true" }) : null,
    make("div", { className: "stack" }, head, body, reactions(message), make("p", { className: "outcome", role: "status" }), tools(message)));
  item.id = `message-${message.id}`;
  if (message.card?.msteams?.width === "Full") item.classList.add("wide");
  return item;
}

function tools(message) {
  const tool = (label, use) => {
    const button = make("button", { type: "button", textContent: label });
    button.addEventListener("click", () => use().catch(complain));
    return button;
  };
  const bar = make("div", { className: "tools" });
  if (!message.deleted) bar.append(tool("Reply", async () => setQuote(message)));
  if (!message.deleted) bar.append(tool("Like", () => act("react", { message: message.id, removed: message.reactions.includes("like") })));
  if (!message.bot && !message.deleted) bar.append(tool("Edit", () => editMessage(message)), tool("Delete", () => act("delete", { message: message.id })));
  if (!message.bot && message.deleted) bar.append(tool("Undo", () => act("undelete", { message: message.id })));
  if (!message.deleted) bar.append(...state.commands.map(([title, use]) => tool(title, () => use(message))));
  return bar;
}

async function editMessage(message) {
  const changed = prompt("Edit the message", message.text);
  if (changed !== null && changed !== message.text) await act("edit", { message: message.id, text: changed });
}

// Cards

function drawCard(message) {
  const frame = make("div", { className: "adaptive" });
  const lookUp = async (dataset, text) => (await act("typeahead", { message: message.id, dataset, text })).choices ?? [];
  frame.append(state.renderer.render(message.card, theme(), (action, data) => perform(message, frame, action, data), lookUp));
  return frame;
}

async function perform(message, frame, action, data) {
  if (action.type === "Action.OpenUrl") {
    if (/^https?:/.test(action.url)) window.open(action.url, "_blank", "noopener");
    return;
  }
  frame.inert = true;
  try {
    show(message.id, await act("perform", { message: message.id, action, data }));
  } catch (error) {
    show(message.id, { error: error.message });
  }
  frame.inert = false;
}

function show(messageId, outcome) {
  const line = find(`message-${messageId}`)?.querySelector(".outcome");
  if (line) {
    line.textContent = outcome.error ?? outcome.message ?? "";
    line.classList.toggle("error", Boolean(outcome.error));
    line.scrollIntoView({ block: "nearest" });
  }
  if (outcome.dialog) openDialog(outcome.dialog);
}

function refreshOnSight(message) {
  const refresh = message.card?.refresh;
  const mine = refresh && (!refresh.userIds || refresh.userIds.includes(state.user.mri));
  const key = `${message.id}/${message.updates}/${state.user.aad}`;
  if (!mine || message.deleted || state.refreshed.has(key)) return;
  state.refreshed.add(key);
  act("refresh", { message: message.id }).catch(complain);
}

function openDialog(dialog) {
  find("dialog-title").textContent = dialog.title || "Dialog";
  const frame = make("div", { className: "adaptive" });
  frame.append(state.renderer.render(dialog.card, theme(), async (_action, data) => {
    const outcome = await act("submit_dialog", { data }).catch((error) => ({ error: error.message }));
    if (outcome.dialog) return openDialog(outcome.dialog);
    find("dialog").close();
    if (outcome.message || outcome.error) toast(outcome.error ?? outcome.message);
  }));
  find("dialog-card").replaceChildren(frame);
  if (!find("dialog").open) find("dialog").showModal();
}

// Writing

function setQuote(message) {
  state.quote = message?.id ?? null;
  find("quote").hidden = !message;
  if (!message) return;
  find("quote").querySelector("p").textContent = `Replying to ${message.bot ? message.from : "you"}: ${message.text || "a card"}`;
  find("message-box").focus();
}

async function send(event) {
  event?.preventDefault();
  const box = find("message-box");
  const written = box.value;
  if (!written.trim() || !state.user) return;
  const details = { text: written, ...(state.quote ? { quote: state.quote } : {}) };
  box.value = "";
  grow();
  setQuote(null);
  try {
    const outcome = await act("say", details);
    if (outcome.error) toast(outcome.error);
  } catch (error) {
    box.value = written;
    complain(error);
  }
}

function grow() {
  const box = find("message-box");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
}

function toast(words) {
  const node = make("p", { textContent: words });
  find("toasts").append(node);
  if (find("toasts").childElementCount > TOASTS) find("toasts").firstChild.remove();
  setTimeout(() => node.remove(), 6000);
}

const complain = (error) => toast(error.message);

// As in Teams: who has the chat before their eyes is told nothing of what comes there.
const looksAt = (conversation) => conversation === state.user.conversation && document.hasFocus();

// What happens

const HAPPENINGS = {
  message({ message }) {
    const list = find("messages");
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
    showMessage(message);
    if (atEnd) toEnd();
  },
  notification({ notification }) {
    const user = state.users.find((one) => one.aad === notification.user);
    if (user?.aad === state.user?.aad) {
      if (!looksAt(notification.conversation)) toast(notification.text);
      return;
    }
    state.unread.set(notification.user, (state.unread.get(notification.user) ?? 0) + 1);
    drawPeople(state.user);
  },
  typing({ conversation }) {
    if (conversation !== state.user?.conversation) return;
    find("typing").textContent = `${find("bot-name").textContent} is typing…`;
    setTimeout(() => { find("typing").textContent = ""; }, 5000);
  },
  user: () => loadPeople(),
  reset() {
    state.user = null;
    state.shown.clear();
    find("messages").replaceChildren();
    loadPeople();
  },
};

function listen() {
  const events = new EventSource("/_sim/events");
  let broken = false;
  events.onmessage = ({ data }) => { const change = JSON.parse(data); HAPPENINGS[change.kind](change); };
  events.onerror = () => { broken = true; };
  events.onopen = async () => { await loadPeople(); if (broken && state.user) await loadChat(); broken = false; };
}

function wire() {
  find("compose").addEventListener("submit", send);
  find("message-box").addEventListener("input", grow);
  find("message-box").addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event); });
  find("quote").querySelector("button").addEventListener("click", () => setQuote(null));
  find("install").addEventListener("click", () => act("install").then(loadPeople, complain));
  find("menu").addEventListener("click", () => {
    const open = document.body.classList.toggle("people-open");
    find("menu").setAttribute("aria-expanded", String(open));
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") collapsePeople(); });
  find("dialog").querySelector("header button").addEventListener("click", () => find("dialog").close());
  find("dialog").addEventListener("close", () => act("close_dialog").catch(complain));
  find("add-person").addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = find("person-name").value.trim();
    find("person-name").value = "";
    const user = await ask("users", { name });
    await loadPeople();
    await choose(state.users.find((one) => one.aad === user.aad));
  });
}

state.renderer = await loadRenderer(options.has("plain"));
find("plain-note").hidden = state.renderer.official;
const { bot, commands } = await ask("about");
state.commands = messageCommands(commands, act, show);
search(commands, { act, complain, draw: (card) => make("div", { className: "adaptive" }, state.renderer.render(card, theme(), () => {})) });
find("bot-name").textContent = bot;
document.title = `${bot} · Chat (simulated Teams)`;
document.documentElement.dataset.theme = theme();
wire();
listen();
document.body.dataset.ready = "";
