// A plain but complete rendering of Adaptive Cards 1.5 without any package: elements, inputs, actions.

import { markdown } from "/web/markdown.js";

const INPUT_KINDS = { "Input.Number": "number", "Input.Date": "date", "Input.Time": "time" };

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

// One card and, through `outer`, the cards around it: a click sends the inputs of all of them.
class Scope {
  constructor(act, outer) {
    this.act = act;
    this.outer = outer;
    this.inputs = [];
  }

  all() {
    return [...(this.outer ? this.outer.all() : []), ...this.inputs];
  }
}

const ELEMENTS = {
  TextBlock(element) {
    const node = make("div", `pc-text pc-size-${element.size ?? "default"} pc-color-${element.color ?? "default"}`.toLowerCase());
    node.innerHTML = markdown(String(element.text ?? ""));
    node.classList.toggle("pc-bold", /bolder/i.test(element.weight ?? "") || element.style === "heading");
    node.classList.toggle("pc-subtle", element.isSubtle === true);
    node.classList.toggle("pc-nowrap", element.wrap !== true);
    if (element.horizontalAlignment) node.style.textAlign = element.horizontalAlignment;
    return node;
  },
  RichTextBlock(element) {
    const runs = (element.inlines ?? []).map((run) => {
      const node = make("span", run.isSubtle ? "pc-subtle" : "", typeof run === "string" ? run : run.text);
      for (const style of ["italic", "strikethrough", "underline", "highlight"]) if (run[style]) node.classList.add(`pc-${style}`);
      if (/bolder/i.test(run.weight ?? "")) node.classList.add("pc-bold");
      return node;
    });
    return make("p", "pc-text", ...runs);
  },
  Image(element) {
    const node = make("img", `pc-image pc-image-${element.size ?? "auto"}`.toLowerCase());
    node.src = element.url;
    node.alt = element.altText ?? "";
    if (/^person$/i.test(element.style ?? "")) node.classList.add("pc-person");
    return node;
  },
  ImageSet: (element, scope) => make("div", "pc-columns", ...elements(element.images, scope)),
  Media: (element) => make("p", "pc-subtle", element.altText ?? "Media"),
  Container: (element, scope) => make("div", `pc-container pc-style-${element.style ?? "default"}`, ...elements(element.items, scope)),
  ColumnSet(element, scope) {
    const columns = (element.columns ?? []).map((column) => {
      const node = make("div", `pc-column pc-style-${column.style ?? "default"}`, ...elements(column.items, scope));
      node.style.flex = column.width === "auto" ? "0 0 auto" : `${parseFloat(column.width) || 1} 1 0`;
      return selectable(node, column, scope);
    });
    return make("div", "pc-columns", ...columns);
  },
  FactSet(element) {
    const facts = (element.facts ?? []).flatMap((fact) => {
      const value = make("dd", "");
      value.innerHTML = markdown(String(fact.value ?? ""));
      return [make("dt", "", fact.title), value];
    });
    return make("dl", "pc-facts", ...facts);
  },
  Table(element, scope) {
    const rows = (element.rows ?? []).map((row, index) => {
      const heading = index === 0 && element.firstRowAsHeaders !== false;
      return make("tr", "", ...(row.cells ?? []).map((cell) => make(heading ? "th" : "td", "", ...elements(cell.items, scope))));
    });
    return make("table", element.showGridLines === false ? "pc-table pc-open" : "pc-table", ...rows);
  },
  ActionSet: (element, scope) => actionRow(element.actions, scope),
};

function elements(list, scope) {
  return (list ?? []).map((element) => renderElement(element, scope));
}

function renderElement(element, scope) {
  if (element.type in ELEMENTS) return framed(selectable(ELEMENTS[element.type](element, scope), element, scope), element);
  if (element.type.startsWith("Input.")) return framed(field(element, scope), element);
  if (element.fallback && element.fallback !== "drop") return renderElement(element.fallback, scope);
  return make("p", "pc-subtle", `[${element.type}]`);
}

function framed(node, element) {
  if (element.id) node.dataset.element = element.id;
  if (element.isVisible === false) node.hidden = true;
  if (element.separator) node.classList.add("pc-separator");
  node.classList.add(`pc-space-${(element.spacing ?? "default").toLowerCase()}`);
  return node;
}

function selectable(node, element, scope) {
  if (!element.selectAction) return node;
  node.tabIndex = 0;
  node.setAttribute("role", "button");
  if (element.selectAction.title) node.setAttribute("aria-label", element.selectAction.title);
  node.classList.add("pc-selectable");
  const click = (event) => { event.stopPropagation(); run(element.selectAction, scope, node); };
  node.addEventListener("click", click);
  node.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target === node) click(event); });
  return node;
}

// Inputs

function field(element, scope) {
  const control = element.type === "Input.ChoiceSet" ? choices(element) : element.type === "Input.Toggle" ? toggle(element) : line(element);
  const error = make("p", "pc-error");
  error.hidden = true;
  error.setAttribute("role", "alert");
  const caption = element.label ? make("span", "pc-label", element.label, element.isRequired ? " *" : "") : null;
  if (element.label) control.target.setAttribute("aria-label", element.label);
  else if (element.placeholder) control.target.setAttribute("aria-label", element.placeholder);
  scope.inputs.push({ id: element.id, read: control.read, check: () => complain(element, control, error) });
  const row = make("div", "pc-input-row", control.node);
  if (element.inlineAction) row.append(button(element.inlineAction, scope));
  return make("div", "pc-input", caption, row, error);
}

function complain(element, control, error) {
  const value = control.read();
  const empty = element.type === "Input.Toggle" ? value !== (element.valueOn ?? "true") : !value;
  const wrong = (element.isRequired && empty) || (value && element.regex && !new RegExp(element.regex).test(value))
    || (value && element.type === "Input.Number" && !control.target.checkValidity());
  error.hidden = !wrong;
  error.textContent = wrong ? element.errorMessage ?? "This is not valid" : "";
  if (wrong) control.target.focus();
  return !wrong;
}

function line(element) {
  const node = make(element.isMultiline ? "textarea" : "input");
  if (!element.isMultiline) node.type = INPUT_KINDS[element.type] ?? { Tel: "tel", Url: "url", Email: "email", Password: "password" }[element.style] ?? "text";
  node.value = element.value ?? "";
  node.placeholder = element.placeholder ?? "";
  if (element.maxLength) node.maxLength = element.maxLength;
  for (const bound of ["min", "max"]) if (element[bound] !== undefined) node[bound] = element[bound];
  return { node, target: node, read: () => node.value };
}

function toggle(element) {
  const box = make("input");
  box.type = "checkbox";
  const [on, off] = [element.valueOn ?? "true", element.valueOff ?? "false"];
  box.checked = element.value === on;
  return { node: make("label", "pc-choice", box, element.title), target: box, read: () => (box.checked ? on : off) };
}

function choices(element) {
  const chosen = String(element.value ?? "").split(element.isMultiSelect ? "," : "\n");
  if (element.style !== "expanded" && !element.isMultiSelect) return select(element, chosen);
  const name = `choice-${Math.random()}`;
  const boxes = (element.choices ?? []).map((choice) => {
    const box = make("input");
    Object.assign(box, { type: element.isMultiSelect ? "checkbox" : "radio", name, value: choice.value, checked: chosen.includes(choice.value) });
    return { box, label: make("label", "pc-choice", box, choice.title) };
  });
  const read = () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value).join(",");
  const node = make("div", "pc-choices", ...boxes.map(({ label }) => label));
  node.setAttribute("role", element.isMultiSelect ? "group" : "radiogroup");
  return { node, target: boxes[0]?.box ?? node, read };
}

function select(element, chosen) {
  const node = make("select");
  const empty = new Option(element.placeholder ?? "", "");
  node.append(empty, ...(element.choices ?? []).map((choice) => new Option(choice.title, choice.value, false, chosen.includes(choice.value))));
  return { node, target: node, read: () => node.value };
}

// Actions

function actionRow(actions, scope) {
  const row = make("div", "pc-actions");
  const below = make("div", "pc-shown");
  row.append(...(actions ?? []).map((action) => button(action, scope, below)));
  return make("div", "", row, below);
}

function button(action, scope, below) {
  const node = make("button", `pc-button pc-${action.style ?? "default"}`, action.title ?? "Select");
  node.type = "button";
  node.disabled = action.isEnabled === false;
  if (action.tooltip) node.title = action.tooltip;
  node.addEventListener("click", () => run(action, scope, node, below));
  return node;
}

function run(action, scope, node, below) {
  if (action.type === "Action.ShowCard") return show(action, scope, node, below);
  if (action.type === "Action.ToggleVisibility") return toggleVisibility(action, node);
  const merged = typeof action.data === "object" || !action.data ? { ...action.data } : action.data;
  if (action.type !== "Action.OpenUrl" && action.associatedInputs !== "none") {
    const inputs = scope.all();
    if (inputs.filter((input) => !input.check()).length) return;
    if (typeof merged === "object") for (const input of inputs) if (input.read()) merged[input.id] = input.read();
  }
  const { type, title, verb, id, url } = action;
  scope.act(JSON.parse(JSON.stringify({ type, title, verb, id, url })), merged);
}

function show(action, scope, node, below) {
  const open = node.getAttribute("aria-expanded") === "true";
  for (const other of node.parentElement.querySelectorAll("[aria-expanded]")) other.setAttribute("aria-expanded", "false");
  node.setAttribute("aria-expanded", String(!open));
  below.replaceChildren(...(open ? [] : [renderCard(action.card, new Scope(scope.act, scope))]));
}

function toggleVisibility(action, node) {
  const root = node.closest("[data-card-root]");
  for (const target of action.targetElements ?? []) {
    const { elementId, isVisible } = typeof target === "string" ? { elementId: target } : target;
    for (const found of root.querySelectorAll(`[data-element="${CSS.escape(elementId)}"]`)) found.hidden = isVisible === undefined ? !found.hidden : !isVisible;
  }
}

function renderCard(card, scope) {
  const actions = card.actions?.length ? actionRow(card.actions, scope) : null;
  return make("div", "pc-card", ...elements(card.body, scope), actions);
}

export function renderPlain(card, act) {
  const node = renderCard(card, new Scope(act));
  node.dataset.cardRoot = "";
  return node;
}
