// Reads codes with readers that others wrote: a line of JSON in, {way, text}; a line out, what was read as
// {elements: [[ai, value, day, number], …], valid} or {error}.
"use strict";
const { createInterface } = require("node:readline");
const { parseBarcode } = require("gs1-barcode-parser-mod");
const { DigitalLink } = require("digital-link.js");

const ways = {
  elements: (text) => ({
    elements: parseBarcode(text).parsedCodeItems.map(({ ai, raw, isoDate, data }) => [ai, raw, isoDate, data]),
  }),
  link: (text) => {
    const link = DigitalLink(text);
    const all = { ...link.getAttributes(), ...link.getKeyQualifiers(), ...link.getIdentifier() };
    const elements = Object.entries(all).map(([ai, value]) => [ai, decodeURIComponent(value)]);
    return { elements, valid: link.isValid() };
  },
};

const read = ({ way, text }) => {
  try {
    return ways[way](text);
  } catch (error) {
    return { error: String(error) };
  }
};

createInterface({ input: process.stdin }).on("line", (line) => console.log(JSON.stringify(read(JSON.parse(line)))));
