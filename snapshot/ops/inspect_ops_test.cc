#include <gtest/gtest.h>

#include "snapshot/script_world.h"

namespace nano {
namespace {

class InspectOpsTest : public testing::Test {
 protected:
  ScriptWorld world_;
};

TEST_F(InspectOpsTest, TellsWhatAValueReallyIs) {
  EXPECT_EQ(world_.run("[[], () => 1, new Map, new Proxy(new Map, {}), new Date, Promise.resolve(),"
                       " new RangeError, new Uint8Array, {}, 1, null, Object(1n),"
                       " new Map().keys(), Object.create(Date.prototype)].map(ops.kindOf).join()"),
            "Array,Function,Map,Proxy,Date,Promise,Error,TypedArray,Object,,,Boxed,MapIterator,"
            "Object");
}

TEST_F(InspectOpsTest, LooksIntoPromisesWithoutWaiting) {
  EXPECT_EQ(world_.run("ops.promiseDetails(Promise.resolve(7)).join()"), "1,7");
  EXPECT_EQ(world_.run("ops.promiseDetails(new Promise(() => {})).join()"), "0,");
  EXPECT_EQ(world_.run("const r = Promise.reject(8); ops.markAsHandled(r);"
                       "ops.promiseDetails(r).join()"),
            "2,8");
}

TEST_F(InspectOpsTest, LooksBehindProxiesWithoutRunningThem) {
  EXPECT_EQ(world_.run("const target = {}; const handler = { get() { throw 1; } };"
                       "const d = ops.proxyDetails(new Proxy(target, handler));"
                       "[d[0] === target, d[1] === handler, ops.proxyDetails({})].join()"),
            "true,true,");
}

TEST_F(InspectOpsTest, ListsEntriesOfCollections) {
  EXPECT_EQ(world_.run("JSON.stringify(ops.previewEntries(new Map([[1, 2]])))"), "[[1,2],true]");
  EXPECT_EQ(world_.run("JSON.stringify(ops.previewEntries(new Set([1]).values()))"), "[[1],false]");
  EXPECT_EQ(
      world_.run("ops.previewEntries({}) === undefined && ops.previewEntries(1) === undefined"),
      "true");
}

TEST_F(InspectOpsTest, ListsNamesThatAreNotIndices) {
  EXPECT_EQ(world_.run("const list = [1, 2]; list.x = 3; ops.ownNonIndexNames(list).join()"), "x");
}

TEST_F(InspectOpsTest, NamesTheConstructorWithoutRunningCode) {
  EXPECT_EQ(world_.run("ops.constructorName(new (class Cat {}))"), "Cat");
}

}  // namespace
}  // namespace nano
