// Receipts by an encoder of ESC/POS that others wrote: a line of JSON in, {settings, calls: [[method, …arguments], …]};
// a line out, the bytes in hexadecimal. An argument {picture: [width, height, dots]} stands for a picture, "1" for ink.
"use strict";
const { createInterface } = require("node:readline");
const encoder = require("@point-of-sale/receipt-printer-encoder");

const Encoder = encoder.default ?? encoder;

const picture = ([width, height, dots]) => {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let n = 0; n < dots.length; n += 1) if (dots[n] === "1") data.fill(0, 4 * n, 4 * n + 3);
  return { width, height, data };
};

const argument = (value) => (value?.picture ? picture(value.picture) : value);

const encode = ({ settings, calls }) => {
  const receipt = new Encoder(settings);
  for (const [method, ...values] of calls) receipt[method](...values.map(argument));
  return Buffer.from(receipt.encode()).toString("hex");
};

createInterface({ input: process.stdin }).on("line", (line) => console.log(encode(JSON.parse(line))));
