#ifndef RTNETLINK_FUNCTION_H_
#define RTNETLINK_FUNCTION_H_

#include <memory>
#include <utility>

namespace rtnetlink {

// A callable that is moved, never copied, so that a job may own a file descriptor. (std::function wants copies;
// std::move_only_function is C++23.)
template <typename Signature>
class Function;

template <typename R>
class Function<R()> {
 public:
  Function() = default;
  template <typename F>
  // NOLINTNEXTLINE(google-explicit-constructor): a lambda is passed where a function is wanted
  Function(F callable) : callable_(std::make_unique<Holder<F>>(std::move(callable))) {}

  R operator()() { return callable_->Call(); }

 private:
  struct Callable {
    Callable() = default;
    Callable(const Callable&) = delete;
    Callable& operator=(const Callable&) = delete;
    virtual ~Callable() = default;
    virtual R Call() = 0;
  };

  template <typename F>
  class Holder final : public Callable {
   public:
    explicit Holder(F function) : function_(std::move(function)) {}
    R Call() override { return function_(); }

   private:
    F function_;
  };

  std::unique_ptr<Callable> callable_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_FUNCTION_H_
