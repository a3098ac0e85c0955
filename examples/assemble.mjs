// Assembles the .wat files of the examples: npm install @bytecodealliance/jco@1.35.0, then
//   node assemble.mjs greet/greet.wat greet/greet.wasm
// The .wasm files are committed, so that the examples need Go only.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from '@bytecodealliance/jco';

const [source, target] = process.argv.slice(2);
writeFileSync(target, await parse(readFileSync(source, 'utf8')));
