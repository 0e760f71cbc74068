// The phone page: shows what the control API reports and sends what the contact does. No text ever becomes markup.

const $ = (id) => document.getElementById(id);
const SEPARATE_AFTER = 5 * 60_000;
const TYPING_SHOWN = 15_000;

const contacts = new Map();
let account = { name: "WeChat" };
let chosen = decodeURIComponent(location.hash.slice(1));
let clock = { at: Date.now(), read: Date.now(), frozen: false };
let lastShown = { number: 0, at: 0 };
let typingTimer;

async function call(method, path, body) {
  const response = await fetch(`/_sim/${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const answer = await response.json().catch(() => ({ error: `the simulator answered ${response.status}` }));
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

async function attempt(work) {
  $("problem").hidden = true;
  try {
    return await work();
  } catch (error) {
    $("problem").textContent = error.message;
    $("problem").hidden = false;
    return undefined;
  }
}

const act = (name, body = {}) => attempt(() => call("POST", `contacts/${chosen}/${name}`, body));

// --- building -------------------------------------------------------------------------------------------------------

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const initials = (name) => {
  const words = name.trim().split(/\s+/);
  return /[^\u0000-\u024f]/.test(name) ? [...words[0]].slice(0, 1).join("") : words.slice(0, 2).map((w) => [...w][0]).join("").toUpperCase();
};

function httpsLink(href, text) {
  let url;
  try {
    url = new URL(href);
  } catch {
    return null;
  }
  if (url.protocol !== "https:") return null;
  const link = make("a", "", text);
  Object.assign(link, { href: url.href, target: "_blank", rel: "noopener noreferrer" });
  return link;
}

// Like WeChat's client: an anchor in a custom message is a link; every other character is itself.
function withLinks(text) {
  const anchor = /<a\s[^>]*?href\s*=\s*(["'])(.*?)\1[^>]*>([^<]*)<\/a>/gi;
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(anchor)) {
    const link = httpsLink(found[2], found[3]);
    if (!link) continue;
    parts.push(text.slice(from, found.index), link);
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}

function card(title, small, ...rest) {
  return make("div", "card", ...(title ? [make("b", "", title)] : []), ...rest, ...(small ? [make("small", "", small)] : []));
}

function templateCard(entry) {
  const rows = make("dl", "");
  for (const [name, value] of Object.entries(entry.data ?? {})) rows.append(make("dt", "", entry.labels?.[name] ?? name), make("dd", "", value));
  return card("Service notification", "", rows);
}

function menuCard(block) {
  const items = (block.list ?? []).map((item) => {
    const choice = make("button", "choice", item.content);
    choice.type = "button";
    choice.addEventListener("click", () => act("message", { kind: "text", text: item.content, menu_id: item.id }));
    return choice;
  });
  return card("", block.tail_content, make("span", "", block.head_content ?? ""), ...items);
}

function newsCard(block) {
  const article = (block.articles ?? [])[0] ?? {};
  const link = httpsLink(article.url ?? "", article.title ?? "");
  return card("", article.description, link ?? make("b", "", article.title ?? ""));
}

function picture(entry) {
  const image = make("img", "");
  Object.assign(image, { src: entry.media, alt: "Picture", loading: "lazy" });
  image.addEventListener("load", stickToEnd);
  return image;
}

const VOICE = () => make("div", "voice", make("i"), make("i"), make("i"), make("span", "", "Voice"));
const CONTENT = {
  image: picture,
  voice: VOICE,
  video: () => card("Video", ""),
  shortvideo: () => card("Short video", ""),
  location: (entry) => card(entry.text, "Location"),
  link: (entry) => card(entry.title, entry.description),
  template: templateCard,
  news: (entry) => newsCard(entry.block ?? {}),
  msgmenu: (entry) => menuCard(entry.block ?? {}),
};

function content(entry) {
  if (CONTENT[entry.kind] && (entry.media || entry.kind !== "image")) return [CONTENT[entry.kind](entry)];
  if (entry.how === "custom" && entry.kind === "text") return withLinks(entry.text);
  return [entry.text || `[${entry.kind}]`];
}

function bubbleOf(entry) {
  const mine = entry.how === "in";
  const bubble = make("div", entry.kind === "image" && entry.media ? "bubble bare" : "bubble", ...content(entry));
  const face = make("span", "face", initials(mine ? contacts.get(chosen)?.name ?? "?" : account.name));
  face.setAttribute("aria-hidden", "true");
  const said = make("span", "unseen", mine ? "You: " : `${account.name}: `);
  return make("li", mine ? "entry mine" : "entry", said, face, bubble);
}

// --- showing --------------------------------------------------------------------------------------------------------

const simulatedNow = () => clock.at + (clock.frozen ? 0 : Date.now() - clock.read);

function moment(at) {
  const then = new Date(at);
  const time = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  const sameDay = then.toDateString() === new Date(simulatedNow()).toDateString();
  return sameDay ? time : `${then.toLocaleDateString([], { weekday: "short", day: "numeric", month: "short" })} ${time}`;
}

function stickToEnd() {
  $("log").scrollTop = $("log").scrollHeight;
}

function add(entry) {
  if (entry.number <= lastShown.number) return;
  const log = $("log");
  log.querySelector(".empty")?.remove();
  const at = Date.parse(entry.at);
  if (Math.abs(at - lastShown.at) > SEPARATE_AFTER) log.append(make("li", "when", moment(at)));
  const notice = entry.how === "fault" || entry.how === "event";
  log.append(notice ? make("li", "notice", entry.text) : bubbleOf(entry));
  lastShown = { number: entry.number, at };
  stickToEnd();
}

async function openChat(openid) {
  chosen = openid;
  history.replaceState(null, "", openid ? `#${encodeURIComponent(openid)}` : "#");
  lastShown = { number: 0, at: 0 };
  const log = $("log");
  log.setAttribute("aria-busy", "true");
  const entries = openid ? await call("GET", `contacts/${openid}/transcript`) : [];
  if (openid !== chosen) return;
  log.replaceChildren(make("li", "empty", openid ? "No messages yet. Write the first one." : "Create a contact in the simulator panel to begin."));
  entries.forEach(add);
  log.removeAttribute("aria-busy");
  showContact();
}

function showContacts() {
  const select = $("contacts");
  const options = [...contacts.values()].map((contact) => new Option(contact.name, contact.openid));
  select.replaceChildren(...(options.length ? options : [new Option("no contact yet", "")]));
  select.disabled = options.length === 0;
  select.value = chosen;
}

function showContact() {
  const contact = contacts.get(chosen);
  $("follow").disabled = !contact || contact.following;
  $("unfollow").disabled = !contact?.following;
  $("quota-left").textContent = contact ? contact.quota_left : "–";
  const expires = contact?.quota_expires;
  $("quota-until").textContent = !contact ? "" : expires ? `until ${moment(Date.parse(expires))}` : "window closed";
  for (const id of ["text", "picture"]) $(id).disabled = !contact?.following;
  $("text").placeholder = !contact || contact.following ? "Message" : "Follow the account to write";
  $("composer").setAttribute("aria-disabled", String(!contact?.following));
  $("send").disabled = !contact?.following || $("text").value === "";
  showTyping(contact?.typing === true);
}

function showTyping(typing) {
  clearTimeout(typingTimer);
  $("typing").hidden = !typing;
  if (typing) typingTimer = setTimeout(() => showTyping(false), TYPING_SHOWN);
}

function setClock({ now, frozen }) {
  clock = { at: Date.parse(now), read: Date.now(), frozen };
  tick();
}

function tick() {
  const now = new Date(simulatedNow());
  const time = now.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  $("clock").textContent = `${now.toLocaleDateString([], { weekday: "short", day: "numeric", month: "short" })} ${time}`;
  $("clock").dateTime = now.toISOString();
  $("phone-time").textContent = time.slice(0, 5);
  const contact = contacts.get(chosen);
  if (contact?.quota_expires && Date.parse(contact.quota_expires) <= simulatedNow()) {
    Object.assign(contact, { quota_left: 0, quota_expires: null });
    showContact();
  }
}

// --- events ---------------------------------------------------------------------------------------------------------

async function load() {
  const state = await call("GET", "state");
  account = state.account;
  $("account").textContent = account.name;
  document.title = `${account.name} – simulated WeChat`;
  contacts.clear();
  for (const contact of state.contacts) contacts.set(contact.openid, contact);
  setClock(state);
  const first = state.contacts[0]?.openid ?? "";
  chosen = contacts.has(chosen) ? chosen : first;
  showContacts();
  await openChat(chosen);
}

// The simulator cannot know whose number it is: an SMS shows above whatever chat is open, until it is tapped away.
function showSms(sms) {
  $("sms").replaceChildren(make("b", "", `SMS to ${sms.to}`), sms.body);
  $("sms").hidden = false;
}

function hear(event) {
  if (event.type === "sms") return showSms(event.sms);
  if (event.type === "reset") return void load();
  if (event.type === "clock") return setClock(event);
  if (event.type === "entry") return event.openid === chosen ? add(event.entry) : undefined;
  const { contact } = event;
  const known = contacts.get(contact.openid);
  contacts.set(contact.openid, contact);
  if (known?.name !== contact.name) showContacts();
  if (!chosen) return void openChat(contact.openid).then(showContacts);
  if (contact.openid === chosen) showContact();
  return undefined;
}

function listen() {
  const events = new EventSource("/_sim/events");
  events.onopen = () => attempt(load);
  events.onmessage = (message) => hear(JSON.parse(message.data));
}

function grow() {
  const text = $("text");
  text.style.height = "38px";
  text.style.height = `${Math.min(text.scrollHeight, 120)}px`;
  $("send").disabled = text.disabled || text.value === "";
}

async function send() {
  const text = $("text").value;
  if (!chosen || text === "") return;
  $("text").value = "";
  grow();
  if (!(await act("message", { kind: "text", text }))) $("text").value ||= text;
  grow();
  $("text").focus();
}

async function sendPicture(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  await act("message", { kind: "image", data: btoa(binary), content_type: file.type, filename: file.name });
}

function togglePanel(open) {
  $("panel").classList.toggle("open", open);
  $("open-panel").setAttribute("aria-expanded", String(open));
  (open ? $("close-panel") : $("open-panel")).focus();
}

$("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
$("picture").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file) await sendPicture(file);
  event.target.value = "";
});
$("contacts").addEventListener("change", (event) => attempt(() => openChat(event.target.value)));
$("sms").addEventListener("click", () => { $("sms").hidden = true; });
$("follow").addEventListener("click", () => act("follow"));
$("unfollow").addEventListener("click", () => act("unfollow"));
$("new-contact").addEventListener("submit", async (event) => {
  event.preventDefault();
  const made = await attempt(() => call("POST", "contacts", { name: $("new-name").value, following: $("new-follows").checked }));
  if (!made) return;
  $("new-name").value = "";
  contacts.set(made.openid, made);
  await openChat(made.openid);
  showContacts();
});
$("scan").addEventListener("submit", async (event) => {
  event.preventDefault();
  const value = $("scene").value.trim();
  if (await act("scan", value.startsWith("gQ") ? { ticket: value } : { scene: value })) $("scene").value = "";
});
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => attempt(() => call("POST", "clock", { advance: Number(button.dataset.advance) })));
}
$("open-panel").addEventListener("click", () => togglePanel(!$("panel").classList.contains("open")));
$("close-panel").addEventListener("click", () => togglePanel(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && $("panel").classList.contains("open")) togglePanel(false);
});

setInterval(tick, 1000);
listen();
