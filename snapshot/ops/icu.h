#pragma once

#include <cstdint>

// ICU's converters, which the engine exports without their header (unicode/ucnv.h of ICU 78): the
// functions nano uses, declared for the version inside the pinned engine. legacy_text_test.cc
// proves that they fit.
extern "C" {

struct UConverter;
using UErrorCode = int32_t;              // Above 0: an error.
constexpr UErrorCode kIcuOverflow = 15;  // U_BUFFER_OVERFLOW_ERROR

struct UConverterToUnicodeArgs;  // Only handed on.
// `reason` up to kIcuIrregular: bytes that mean nothing. What it leaves in `error` ends the call.
using UConverterToUCallback = void (*)(const void* context, UConverterToUnicodeArgs* arguments,
                                       const char* bytes, int32_t length, int32_t reason,
                                       UErrorCode* error);
constexpr int32_t kIcuIrregular = 2;  // UCNV_IRREGULAR

UConverter* ucnv_open_78(const char* name, UErrorCode* error);  // NOLINT
void ucnv_close_78(UConverter* converter);                      // NOLINT
void ucnv_reset_78(UConverter* converter);                      // NOLINT
void ucnv_setToUCallBack_78(UConverter* converter,              // NOLINT
                            UConverterToUCallback callback, const void* context,
                            UConverterToUCallback* oldCallback, const void** oldContext,
                            UErrorCode* error);
void ucnv_cbToUWriteUChars_78(UConverterToUnicodeArgs* arguments,  // NOLINT
                              const char16_t* units, int32_t length, int32_t offset,
                              UErrorCode* error);
void ucnv_toUnicode_78(UConverter* converter, char16_t** target,  // NOLINT
                       const char16_t* targetEnd, const char** source, const char* sourceEnd,
                       int32_t* offsets, int8_t flush, UErrorCode* error);
int32_t ucnv_toUCountPending_78(const UConverter* converter, UErrorCode* error);  // NOLINT
}
