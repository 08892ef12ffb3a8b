export const listsCases = true;
export const requests = [];
export const entrypoints = { BACK: 'Back' };
