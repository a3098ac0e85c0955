// Makes net.wasm of net.c, net.wit and the WIT of WASI 0.2.12: npm install @bytecodealliance/jco@1.35.0, then
//   clang --target=wasm32 -O2 -nostdlib -Wl,--no-entry -o core.wasm net.c && node net.mjs core.wasm WASI-FOLDER net.wasm
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { componentEmbed, componentNew } from '@bytecodealliance/jco';

const [core, wasi, target] = process.argv.slice(2);
// One text with all packages, each in braces.
let text = readFileSync(new URL('net.wit', import.meta.url), 'utf8');
for (const name of ['io', 'clocks', 'cli', 'filesystem', 'random', 'sockets']) {
  let body = '', head = '';
  for (const file of readdirSync(`${wasi}/${name}`)) {
    body += readFileSync(`${wasi}/${name}/${file}`, 'utf8').replace(/^package [^;]*;/m, (p) => ((head = p), ''));
  }
  text += `${head.slice(0, -1)} {\n${body}\n}\n`;
}
writeFileSync(target, await componentNew(await componentEmbed({ binary: readFileSync(core), witSource: text, world: 'net' })));
