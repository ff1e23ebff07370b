// Writes the page into a folder: its own files, the runtime's, and the model. node build.mjs [FOLDER] [MODEL]
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const [target = join(here, "dist"), model = join(here, "model.onnx")] = process.argv.slice(2);
const runtime = join(here, "node_modules/onnxruntime-web/dist");
const RUNTIME_FILES = [
  "ort.webgpu.bundle.min.mjs", // with a GPU
  "ort-wasm-simd-threaded.asyncify.wasm",
  "ort.wasm.bundle.min.mjs", // without
  "ort-wasm-simd-threaded.wasm",
];

if (!existsSync(model)) {
  console.error(`${model} is missing: npm run model makes it, with artgan-hf[export] installed.`);
  process.exit(1);
}
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const name of readdirSync(join(here, "src"))) copyFileSync(join(here, "src", name), join(target, name));
for (const name of RUNTIME_FILES) copyFileSync(join(runtime, name), join(target, name));
copyFileSync(model, join(target, "model.onnx"));
console.log(`${basename(target)}/ is ready: serve it with any web server.`);
