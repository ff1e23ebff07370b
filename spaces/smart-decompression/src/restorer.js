// One network in the browser: pixels in, restored pixels out. On the GPU where there is one, in WebAssembly elsewhere.
import { keepEvenAreas } from "./even_areas.js";

/**
 * Returns a restorer.
 * @param {string} model address of an ONNX file: (1, 3, height, width) in [0, 1] to the same.
 * @returns {Promise<{engine: string, restore: (image: ImageData) => Promise<ImageData>}>}
 */
export async function loadRestorer(model) {
  if (await hasGpu()) {
    try {
      return await open(await import("./ort.webgpu.bundle.min.mjs"), model, "webgpu", "WebGPU");
    } catch (error) {
      console.warn("WebGPU cannot run this network; WebAssembly does.", error);
    }
  }
  return open(await import("./ort.wasm.bundle.min.mjs"), model, "wasm", "WebAssembly");
}

async function hasGpu() {
  try {
    return Boolean(await navigator.gpu?.requestAdapter());
  } catch {
    return false;
  }
}

async function open(ort, model, provider, engine) {
  // Threads share memory, which browsers allow to isolated pages alone.
  ort.env.wasm.numThreads = self.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1;
  const session = await ort.InferenceSession.create(model, { executionProviders: [provider] });
  const [input] = session.inputNames;
  const [output] = session.outputNames;

  async function restore(image) {
    const degraded = new ort.Tensor("float32", toPlanes(image), [1, 3, image.height, image.width]);
    const results = await session.run({ [input]: degraded });
    const restored = toImage(await results[output].getData(), image);
    keepEvenAreas(image, restored);
    return restored;
  }
  return { engine, restore };
}

function toPlanes({ data, width, height }) {
  const area = width * height;
  const planes = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) {
    planes[i] = data[4 * i] / 255;
    planes[area + i] = data[4 * i + 1] / 255;
    planes[2 * area + i] = data[4 * i + 2] / 255;
  }
  return planes;
}

function toImage(planes, { data, width, height }) {
  const area = width * height;
  const restored = new ImageData(width, height); // its bytes round and clamp by themselves
  for (let i = 0; i < area; i++) {
    restored.data[4 * i] = 255 * planes[i];
    restored.data[4 * i + 1] = 255 * planes[area + i];
    restored.data[4 * i + 2] = 255 * planes[2 * area + i];
    restored.data[4 * i + 3] = data[4 * i + 3];
  }
  return restored;
}
