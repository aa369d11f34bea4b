// Preloaded into a program: sends signals to its threads, thousands a second, until it ends. Handlers are installed without SA_RESTART, so
// that system calls are interrupted.
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static void ignore(int signal) { (void)signal; }

static void *storm(void *unused) {
  (void)unused;
  const pid_t self = (pid_t)syscall(SYS_gettid);
  for (;;) {
    DIR *tasks = opendir("/proc/self/task");
    if (tasks == NULL) continue;
    for (const struct dirent *task; (task = readdir(tasks)) != NULL;) {
      const pid_t thread = atoi(task->d_name);
      if (thread > 0 && thread != self) syscall(SYS_tgkill, getpid(), thread, SIGRTMIN + 5);
      usleep(100);
    }
    closedir(tasks);
  }
  return NULL;
}

__attribute__((constructor)) static void start(void) {
  unsetenv("LD_PRELOAD");  // not for what it starts
  const struct sigaction action = {.sa_handler = ignore};
  sigaction(SIGRTMIN + 5, &action, NULL);
  sigaction(SIGALRM, &action, NULL);
  const struct itimerval often = {.it_interval = {.tv_usec = 700}, .it_value = {.tv_usec = 700}};
  setitimer(ITIMER_REAL, &often, NULL);
  pthread_t thread;
  pthread_create(&thread, NULL, storm, NULL);
}
