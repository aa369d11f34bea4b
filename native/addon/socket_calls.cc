#include "addon/socket_calls.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "addon/arguments.h"

namespace rtnetlink {
namespace {

Napi::Value SetOption(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "setSocketOption");
  const int fd = arguments.Int(0);
  const Buffer value = arguments.Bytes(3);
  const int set =
      ::setsockopt(fd, arguments.Int(1), arguments.Int(2), value.data(), static_cast<socklen_t>(value.size()));
  return Napi::Number::New(info.Env(), set == 0 ? 0 : errno);
}

// The kernel looks in the namespace of the socket, if_nametoindex in that of the thread.
Napi::Value DeviceIndex(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "deviceIndex");
  const int fd = arguments.Int(0);
  const std::string name = arguments.Text(1);
  ifreq request{};
  if (name.size() >= sizeof request.ifr_name) return Napi::Number::New(info.Env(), -ENODEV);
  std::memcpy(request.ifr_name, name.data(), name.size());
  const int asked = ::ioctl(fd, SIOCGIFINDEX, &request);
  return Napi::Number::New(info.Env(), asked == 0 ? request.ifr_ifindex : -errno);
}

}  // namespace

void DefineSocketCalls(Napi::Env env, Napi::Object exports) {
  exports.Set("setSocketOption", Napi::Function::New<SetOption>(env));
  exports.Set("deviceIndex", Napi::Function::New<DeviceIndex>(env));
}

}  // namespace rtnetlink
