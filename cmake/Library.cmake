# lib/nano/nano.library: node: modules and what else few apps use, bundled by esbuild from library/
# and its npm packages, packed by nano-mklibrary.

set(library_dir "${PROJECT_SOURCE_DIR}/library")
if(NOT EXISTS "${library_dir}/node_modules/readable-stream" OR
   NOT EXISTS "${library_dir}/node_modules/html-rewriter-wasm")
  message(FATAL_ERROR "The library's packages are not installed in ${library_dir}: run 'make deps' (or 'npm ci' there)")
endif()
file(GLOB_RECURSE library_modules CONFIGURE_DEPENDS "${library_dir}/node/*.js" "${library_dir}/nano/*.js")
file(GLOB_RECURSE library_parts CONFIGURE_DEPENDS "${library_dir}/parts/*.js")
set(library_bundles "${PROJECT_BINARY_DIR}/library")
set(NANO_LIBRARY "${NANO_ENGINE_LIB_DIR}/nano.library")

# Each module is one file, whatever it is made of; what two of them share is a module of its own.
# Names of functions are kept: they are in stack traces.
set(bundle_library "${NANO_ENGINE_LIB_DIR}/esbuild" ${library_modules} --bundle --format=cjs
    --platform=neutral --target=es2024 --charset=utf8 --main-fields=browser,module,main
    --minify-whitespace --minify-syntax --legal-comments=none --log-level=warning
    "--external:node:*" "--external:nano:*" "--outbase=${library_dir}")
foreach(name buffer events process string_decoder)
  list(APPEND bundle_library "--alias:${name}=node:${name}")
endforeach()
list(APPEND bundle_library --alias:safe-buffer=node:buffer
     "--alias:util=${library_dir}/parts/path_util.js"
     "--alias:abort-controller=${library_dir}/parts/abort_controller.js")

# lol-html, compiled to WebAssembly: its module as it is, and what wasm-bindgen made to call it, as a
# function that makes one of these for an instance.
set(rewriter_dir "${library_dir}/node_modules/html-rewriter-wasm/dist")
set(bundle_rewriter "${NANO_ENGINE_LIB_DIR}/esbuild" "${rewriter_dir}/html_rewriter.js"
    --target=es2024 --charset=utf8 --minify-whitespace --minify-syntax --legal-comments=none
    --log-level=warning "--banner:js=module.exports=function(require,module,WebAssembly,__dirname){"
    "--footer:js=}")

function(nano_library_command out bundles)
  add_custom_command(
    OUTPUT "${out}"
    COMMAND ${CMAKE_COMMAND} -E rm -rf "${bundles}"
    COMMAND ${bundle_library} "--outdir=${bundles}"
    COMMAND ${bundle_rewriter} "--outfile=${bundles}/nano/html_rewriter_glue.js"
    COMMAND ${CMAKE_COMMAND} -E copy "${rewriter_dir}/html_rewriter_bg.wasm" "${bundles}/html_rewriter.wasm"
    COMMAND nano-mklibrary "--from=${bundles}" "--out=${out}"
    DEPENDS nano-mklibrary nano-mklibrary-so ${library_modules} ${library_parts}
            "${library_dir}/package-lock.json" "${PROJECT_SOURCE_DIR}/cmake/Library.cmake"
    WORKING_DIRECTORY "${library_dir}"
    VERBATIM
    COMMENT "Packing the library's modules into ${out}")
endfunction()
nano_library_command("${NANO_LIBRARY}" "${library_bundles}")
add_custom_target(nano_library_file ALL DEPENDS "${NANO_LIBRARY}")

# Whoever builds it, a library has the same bytes.
string(REPLACE ";" "' '" bundle_words "'${bundle_library}'")
string(REPLACE ";" "' '" rewriter_words "'${bundle_rewriter}'")
add_test(NAME library_is_reproducible COMMAND sh -c
         "${bundle_words} --outdir='${library_bundles}.again' && ${rewriter_words} --outfile='${library_bundles}.again/nano/html_rewriter_glue.js' && cp '${rewriter_dir}/html_rewriter_bg.wasm' '${library_bundles}.again/html_rewriter.wasm' && '$<TARGET_FILE:nano-mklibrary>' '--from=${library_bundles}.again' --out='${library_bundles}.again.library' && cmp '${library_bundles}.again.library' '${NANO_LIBRARY}'"
         WORKING_DIRECTORY "${library_dir}")
