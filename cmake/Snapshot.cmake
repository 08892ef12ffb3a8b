# lib/nano/nano.snapshot: the built-in JavaScript, run once by nano-mksnapshot.

file(GLOB_RECURSE snapshot_js CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/snapshot/js/*.js")
set(NANO_SNAPSHOT "${NANO_ENGINE_LIB_DIR}/nano.snapshot")
add_custom_command(
  OUTPUT "${NANO_SNAPSHOT}"
  COMMAND nano-mksnapshot --js=${PROJECT_SOURCE_DIR}/snapshot/js --out=${NANO_SNAPSHOT}
  DEPENDS nano-mksnapshot nano-mksnapshot-so ${snapshot_js}
  COMMENT "Freezing the built-ins into nano.snapshot")
add_custom_target(nano_snapshot_file ALL DEPENDS "${NANO_SNAPSHOT}")

# The engine is built without run-time type information, so what derives from
# v8::ValueSerializer::Delegate has to be as well.
set_source_files_properties("${PROJECT_SOURCE_DIR}/snapshot/ops/clone_ops.cc"
                            "${PROJECT_SOURCE_DIR}/snapshot/ops/rpc_ops.cc" PROPERTIES
                            COMPILE_OPTIONS -fno-rtti SKIP_PRECOMPILE_HEADERS ON)

# Whoever builds it, a snapshot has the same bytes.
add_test(NAME snapshot_is_reproducible COMMAND sh -c
         "$<TARGET_FILE:nano-mksnapshot> --js=${PROJECT_SOURCE_DIR}/snapshot/js --out=again.snapshot && cmp again.snapshot ${NANO_SNAPSHOT}")
