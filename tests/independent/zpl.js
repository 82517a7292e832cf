// Labels in ZPL drawn by a reader that others wrote: a line of JSON in, {zpl, width, height, dpmm} in mm and dots a mm;
// a line out, the PNG in base64.
"use strict";
const { createInterface } = require("node:readline");
const { ready } = require("zpl-renderer-js");

const draw = async ({ zpl, width, height, dpmm }) => {
  const { api } = await ready;
  return api.zplToBase64Async(zpl, width, height, dpmm);
};

const main = async () => {
  for await (const line of createInterface({ input: process.stdin })) console.log(await draw(JSON.parse(line)));
  process.exit(0); // its engine goes on for ever
};

main();
