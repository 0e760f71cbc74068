// The app's message extension: a search beside the message box, and commands in a message's menu.

import { make } from "/web/messages.js";

const CARD = "application/vnd.microsoft.card.adaptive";
const PAUSE = 250;
const find = (id) => document.getElementById(id);

// What a message's menu offers: [title, what it does with the message].
export const messageCommands = (commands, act, show) => commands
  .filter((command) => command.context?.includes("message"))
  .map((command) => [command.title, async (message) => show(message.id, await act("open", { command: command.id, message: message.id }))]);

// The search: each word typed is a question, a result chosen another, and its card goes into the chat when it is sent.
export function search(commands, { act, draw, complain }) {
  const command = commands.find((one) => one.type === "query");
  find("search").hidden = !command;
  if (!command) return;
  let asked = 0;
  let pause;
  const parameter = command.parameters[0];
  const ask = async (text) => {
    const mine = ++asked;
    const outcome = await act("search", { command: command.id, parameter: parameter.name, text });
    if (mine === asked) list(outcome);
  };
  const list = ({ results = [], message, error }) => find("finder-results").replaceChildren(
    ...results.map((result, index) => make("li", {}, entry(result, () => choose(index)))),
    ...(results.length ? [] : [make("li", { className: "gone", textContent: error ?? message ?? "Nothing" })]));
  const choose = async (index) => {
    asked += 1; // what is still being searched for comes too late
    clearTimeout(pause);
    const { results = [], message, error } = await act("pick", { index });
    const card = results.find((result) => result.contentType === CARD)?.content;
    if (!card) return list({ message, error });
    const send = make("button", { type: "button", className: "pc-button", textContent: "Send" });
    send.addEventListener("click", () => {
      find("finder").close();
      act("say", { text: "", attachments: [{ contentType: CARD, content: card }] }).catch(complain);
    });
    find("finder-results").replaceChildren(make("li", {}, Object.assign(draw(card), { inert: true }), send));
  };
  find("finder-text").placeholder = parameter.title;
  find("finder-text").setAttribute("aria-label", parameter.title);
  find("finder-text").addEventListener("input", ({ target }) => {
    clearTimeout(pause);
    pause = setTimeout(() => ask(target.value).catch(complain), PAUSE);
  });
  find("finder-title").textContent = command.title;
  find("finder").querySelector("header button").addEventListener("click", () => find("finder").close());
  find("search").setAttribute("aria-label", command.title);
  find("search").addEventListener("click", () => {
    find("finder-text").value = "";
    find("finder").showModal();
    ask("").catch(complain);
  });
}

function entry(result, choose) {
  const { title, subtitle, text, images = [] } = (result.preview ?? result).content;
  const words = make("span", {}, make("b", { textContent: title }),
    ...[subtitle, text].filter(Boolean).map((line) => make("span", { textContent: line })));
  const picture = images[0] && make("img", { src: images[0].url, alt: images[0].alt ?? "", width: 32, height: 32 });
  const button = make("button", { type: "button" }, picture, words);
  button.addEventListener("click", choose);
  return button;
}
