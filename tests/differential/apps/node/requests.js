export const bindings = { WORD: 'wörd' };
export const listsCases = true;
export const requests = [];
