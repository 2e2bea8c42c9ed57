// Where the real recordings are: SENSORIUM_DATA, or beside the checkout.
import { fileURLToPath } from 'node:url';

export const data = process.env['SENSORIUM_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
