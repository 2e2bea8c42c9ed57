// f32 values as the shortest decimal that gives the same f32 back, written as JavaScript and JSON write numbers. The same bits give
// the same text whatever made them, so the output of two backends can be compared byte by byte.

const powers = Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));
const zeros = Array.from({ length: 16 }, (_, count) => `0.${'0'.repeat(count)}`);

/** `value` must be a finite f32. Zero is "0", never "-0". */
export function decimal(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-6 || size >= 16777216) return rareDecimal(value);
  // As many places as show six digits: any decimal of six digits or fewer survives a way through f32, so the search cannot
  // begin too late; nine digits always suffice. This is three times as fast as printing the number and trying again.
  let places = size < 1 ? 6 : 5;
  if (size < 1) for (let bound = 0.1; size < bound; bound /= 10) places++;
  else for (let bound = 10; size >= bound && places > 0; bound *= 10) places--;
  let digits = Math.round(size * powers[places]!);
  while (Math.fround(digits / powers[places]!) !== size) {
    places++;
    digits = Math.round(size * powers[places]!);
  }
  while (places > 0 && digits % 10 === 0) {
    digits /= 10;
    places--;
  }
  const text = String(digits);
  const whole = text.length - places;
  const sign = value < 0 ? '-' : '';
  if (places === 0) return sign + text;
  return whole > 0 ? `${sign}${text.slice(0, whole)}.${text.slice(whole)}` : sign + zeros[-whole]! + text;
}

/** Very small and very large ones, where JavaScript's own notation has an exponent or ends in zeros. */
function rareDecimal(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
