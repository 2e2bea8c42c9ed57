/** The radius within which agents notice each other, m. */
export const radius = 12;
