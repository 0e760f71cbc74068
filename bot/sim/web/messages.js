// How a message's parts look: text, quotation, pictures, files, reactions.

import { markdown } from "/web/markdown.js";

const CARD = "application/vnd.microsoft.card.adaptive";

export function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children.filter(Boolean));
  return node;
}

export const initials = (name) => name.split(/\s+/).map((word) => [...word][0]).slice(0, 2).join("").toUpperCase();

export function contents(message, drawCard) {
  const parts = [];
  const quotation = quoted(message);
  if (quotation) parts.push(quotation);
  if (message.text) parts.push(text(message));
  for (const attachment of message.attachments) {
    if (attachment.contentType === CARD) parts.push(drawCard(message));
    else if (attachment.contentType?.startsWith("image/")) parts.push(make("img", { src: attachment.contentUrl, alt: attachment.name ?? "Image" }));
    else if (attachment.contentType !== "text/html") parts.push(make("p", { textContent: `📎 ${attachment.name ?? attachment.content?.title ?? attachment.contentType}` }));
  }
  return parts;
}

function text(message) {
  if (!message.bot) return make("p", { className: "typed", textContent: message.text });
  return make("div", { innerHTML: markdown(message.text) });
}

function quoted(message) {
  const html = message.attachments.find((attachment) => attachment.contentType === "text/html")?.content;
  const block = html && new DOMParser().parseFromString(html, "text/html").querySelector('blockquote[itemtype$="/Reply"]');
  if (!block) return null;
  const [author, preview] = [block.querySelector("strong"), block.querySelector("p")].map((part) => part?.textContent ?? "");
  return make("blockquote", {}, make("b", { textContent: author }), make("span", { textContent: preview }));
}

export function reactions(message) {
  const faces = { like: "👍", heart: "❤️", laugh: "😆", surprised: "😮", sad: "🙁", angry: "😠" };
  return message.reactions.length ? make("p", { className: "reactions", textContent: message.reactions.map((one) => faces[one] ?? one).join(" ") }) : null;
}
