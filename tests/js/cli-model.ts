// A small trained network as a .safetensors file: two inputs, two outputs.

export function modelFile(weights: readonly number[]): Buffer {
  const header = {
    __metadata__: { 'sensorium.version': '1', 'sensorium.activations': '["identity"]' },
    '0.weight': { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
    '0.bias': { dtype: 'F32', shape: [2], data_offsets: [16, 24] },
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.from(Float32Array.from([...weights, 0.25, -1]).buffer)]);
}
