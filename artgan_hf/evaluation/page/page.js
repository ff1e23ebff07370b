"use strict";
(() => {
  const data = document.getElementById("crops");
  if (!data) return;
  const { knob, qualities, models, original, pictures } = JSON.parse(data.textContent);
  const viewer = document.getElementById("viewer");
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const state = { picture: 0, quality: String(qualities[0]), left: models[0], right: models[Math.min(1, models.length - 1)] };
  const crop = (model) => pictures[state.picture].versions[model === original ? model : `${state.quality} ${model}`];
  const source = (model) => `data:image/webp;base64,${crop(model)}`;

  const under = make("img");
  const over = make("img");
  const names = { left: make("span", { className: "left" }), right: make("span", { className: "right" }) };
  const range = make("input", { type: "range", min: 0, max: 100, step: 0.5, value: 50, ariaLabel: "where the two pictures meet" });
  const slider = make("figure", { className: "slider" }, under, over, make("i"), names.left, names.right, range);
  range.addEventListener("input", () => slider.style.setProperty("--cut", `${range.value}%`));

  const thumbs = make("div", { className: "thumbs" });
  pictures.forEach(({ name, versions }, number) => {
    const image = make("img", { src: `data:image/webp;base64,${versions[original]}`, alt: name });
    const button = make("button", { type: "button", title: name }, image);
    button.addEventListener("click", () => { state.picture = number; show(); });
    thumbs.append(button);
  });

  const selects = {};
  const choice = (words, key, options) => {
    const select = make("select", {}, ...options.map((option) => make("option", { value: option, textContent: option })));
    selects[key] = select;
    select.value = state[key];
    select.addEventListener("change", () => { state[key] = select.value; show(); });
    return make("label", {}, words, select);
  };
  const choices = make("div", { className: "choices" },
    choice("Left", "left", models), choice("Right", "right", models), choice(knob[0].toUpperCase() + knob.slice(1), "quality", qualities.map(String)));

  // A model that was not measured at this quality cannot be chosen, and gives way if it was.
  const settle = (key, instead) => {
    for (const option of selects[key].options) option.disabled = !crop(option.value);
    if (!crop(state[key])) selects[key].value = state[key] = instead;
  };

  const show = () => {
    settle("left", models[0]);
    settle("right", models.slice(1).find(crop));
    under.src = source(state.right);
    over.src = source(state.left);
    under.alt = `${pictures[state.picture].name}, ${state.right}`;
    over.alt = `${pictures[state.picture].name}, ${state.left}`;
    names.left.textContent = state.left;
    names.right.textContent = state.right;
    [...thumbs.children].forEach((button, number) => button.setAttribute("aria-pressed", number === state.picture));
  };
  viewer.append(thumbs, choices, slider);
  show();
})();
