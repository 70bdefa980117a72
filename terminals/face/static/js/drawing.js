// <button data-save="#code" data-name="girocode.png"> saves the SVG in there as a picture: a phone
// cannot scan its own screen, but its banking app can read a picture.
import { onClick } from "./page.js";

const SIDE = 1024;
const QUIET = 64; // white around it, as the readers want

const pictureOf = async (drawing) => {
  const picture = new Image();
  const source = drawing.matches("img") ? drawing.src : addressOf(drawing);
  await new Promise((done, failed) => {
    picture.onload = done;
    picture.onerror = failed;
    picture.src = source;
  });
  return picture;
};

const addressOf = (svg) => {
  const copy = svg.cloneNode(true);
  copy.setAttribute("width", SIDE);
  copy.setAttribute("height", SIDE);
  return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
};

const save = async (button) => {
  const drawing = document.querySelector(button.dataset.save).querySelector("svg, img");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE + 2 * QUIET;
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.imageSmoothingEnabled = false;
  brush.drawImage(await pictureOf(drawing), QUIET, QUIET, SIDE, SIDE);
  const link = document.createElement("a");
  link.download = button.dataset.name;
  link.href = canvas.toDataURL("image/png");
  link.click();
};

export const watchDrawings = () => onClick("[data-save]", save);
