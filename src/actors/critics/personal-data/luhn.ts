/** The Luhn check of payment card numbers (ISO/IEC 7812-1, annex B). */

/** For a string of digits: from the right, every second digit doubled, the digit sums add up to a multiple of 10. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 0x30
    const weighed = place % 2 === 0 ? digit : digit * 2
    sum += weighed > 9 ? weighed - 9 : weighed
  }
  return digits.length > 0 && sum % 10 === 0
}
