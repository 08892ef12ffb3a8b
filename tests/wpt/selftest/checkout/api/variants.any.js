// META: variant=?one
// META: variant=?two

test(() => assert_true(['?one', '?two'].includes(location.search)), `variant ${location.search}`);
