// State of this isolate alone: it is gone when the isolate is, as on every Workers platform.
const items = [];

export function listItems() {
  return items;
}

export function addItem(name, limit) {
  if (items.length >= limit) return false;
  items.push({ name });
  return true;
}
