#ifndef RTNETLINK_ADDON_ARGUMENTS_H_
#define RTNETLINK_ADDON_ARGUMENTS_H_

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "buffer.h"
#include "namespace_files.h"
#include "namespaces.h"

namespace rtnetlink {

// The arguments of one call of JavaScript, which is named in what they throw: a TypeError for what is not as expected.
class Arguments {
 public:
  Arguments(const Napi::CallbackInfo& info, const char* method) : info_(info), method_(method) {}

  std::int64_t Integer(std::size_t index) const {
    if (!info_[index].IsNumber()) Fail(index, "a number");
    return info_[index].As<Napi::Number>().Int64Value();
  }
  std::optional<std::int64_t> OptionalInteger(std::size_t index) const {
    if (info_[index].IsUndefined()) return std::nullopt;
    return Integer(index);
  }
  int Int(std::size_t index) const {
    if (!info_[index].IsNumber()) Fail(index, "a number");
    return info_[index].As<Napi::Number>().Int32Value();
  }
  bool Boolean(std::size_t index) const {
    if (!info_[index].IsBoolean()) Fail(index, "a boolean");
    return info_[index].As<Napi::Boolean>().Value();
  }
  std::string Text(std::size_t index) const {
    if (!info_[index].IsString()) Fail(index, "a string");
    return info_[index].As<Napi::String>().Utf8Value();
  }
  std::vector<std::string> Texts(std::size_t index) const {
    if (!info_[index].IsArray()) Fail(index, "an array of strings");
    const auto array = info_[index].As<Napi::Array>();
    std::vector<std::string> texts;
    texts.reserve(array.Length());
    for (std::uint32_t element = 0; element < array.Length(); ++element) {
      const Napi::Value text = array[element];
      if (!text.IsString()) Fail(index, "an array of strings");
      texts.push_back(text.As<Napi::String>().Utf8Value());
    }
    return texts;
  }
  // Copied: JavaScript may change the bytes while a thread sends them.
  Buffer Bytes(std::size_t index) const {
    CheckArray(index, napi_uint8_array, "a Uint8Array");
    const auto bytes = info_[index].As<Napi::Uint8Array>();
    return {bytes.Data(), bytes.ByteLength()};
  }
  Buffer OptionalBytes(std::size_t index) const { return info_[index].IsUndefined() ? Buffer() : Bytes(index); }
  // Takes the bytes of an ArrayBuffer from JavaScript, for which it is empty from then on.
  void Detach(std::size_t index) const {
    if (info_[index].IsUndefined()) return;
    if (!info_[index].IsArrayBuffer()) Fail(index, "an ArrayBuffer");
    (void)napi_detach_arraybuffer(info_.Env(), info_[index]);  // where a runtime cannot, it collects them some time
  }
  std::vector<std::int32_t> OptionalIntegers(std::size_t index) const {
    if (info_[index].IsUndefined()) return {};
    CheckArray(index, napi_int32_array, "an Int32Array");
    const auto integers = info_[index].As<Napi::Int32Array>();
    return {integers.Data(), integers.Data() + integers.ElementLength()};
  }
  std::vector<double> OptionalNumbers(std::size_t index) const {
    if (info_[index].IsUndefined()) return {};
    CheckArray(index, napi_float64_array, "a Float64Array");
    const auto numbers = info_[index].As<Napi::Float64Array>();
    return {numbers.Data(), numbers.Data() + numbers.ElementLength()};
  }
  // Device and inode: this argument and the next, or none.
  std::optional<NamespaceIdentity> Identity(std::size_t index) const {
    if (IsUndefined(index)) return std::nullopt;
    return NamespaceIdentity{static_cast<std::uint64_t>(Integer(index)),
                             static_cast<std::uint64_t>(Integer(index + 1))};
  }
  FileRoot Root(std::size_t index) const {
    const int root = Int(index);
    if (root < 0 || root > static_cast<int>(FileRoot::kClassNet)) Fail(index, "a file root");
    return static_cast<FileRoot>(root);
  }
  // A number of bytes.
  std::size_t Size(std::size_t index) const {
    const std::int64_t size = Integer(index);
    if (size < 0) Fail(index, "0 or more");
    return static_cast<std::size_t>(size);
  }
  std::size_t size() const { return info_.Length(); }
  bool IsUndefined(std::size_t index) const { return info_[index].IsUndefined(); }

  [[noreturn]] void Fail(std::size_t index, const char* expected) const {
    throw Napi::TypeError::New(
        info_.Env(), std::string(method_) + ": argument " + std::to_string(index + 1) + " must be " + expected);
  }

 private:
  void CheckArray(std::size_t index, napi_typedarray_type type, const char* expected) const {
    if (!info_[index].IsTypedArray() || info_[index].As<Napi::TypedArray>().TypedArrayType() != type) {
      Fail(index, expected);
    }
  }

  const Napi::CallbackInfo& info_;
  const char* method_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_ADDON_ARGUMENTS_H_
