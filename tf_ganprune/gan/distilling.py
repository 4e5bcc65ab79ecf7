# Copyright 2026 The tf_ganprune Authors. All Rights Reserved.
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
"""Distillation in a GAN: checks teachers, and computes students' losses."""

import contextlib
import types
from collections.abc import Mapping

import tensorflow as tf

from tf_ganprune import bounds, distillation, states
from tf_ganprune.gan import family_checks, image_checks
from tf_ganprune.graphs import network_checks, signatures

_TOTAL = "distillation_loss"
_OWN = (_TOTAL, "t_loss")  # the latter of a teacher that learns


def named(networks: Mapping, teachers: Mapping) -> tuple[dict, dict]:
  """Gives teachers that are models names, and adds them to the networks.

  Args:
    networks: The networks by name.
    teachers: The teachers, models or names of networks, by the students' names.

  Returns:
    The networks, with teachers that are models as `teacher_<student>`; and the
    names of the teachers by the students' names.

  Raises:
    ValueError: If there is no network of a student's or a teacher's name.
  """
  networks, names = dict(networks), {}
  for student, teacher in teachers.items():
    if teacher is None:
      continue
    names[student] = f"teacher_{student}"
    if isinstance(teacher, str):
      names[student] = teacher
    else:
      networks[names[student]] = teacher
    for name in (student, names[student]):
      if name not in networks:
        raise ValueError(
          f"`teachers` has {student!r}: {teacher!r}, and there is no network"
          f" {name!r}, but {', '.join(networks)}."
        )
  return networks, names


def of_one_student(student: str, arguments: dict, optimizers: Mapping) -> tuple:
  """Converts arguments of `replaced` for a family with only one student.

  The constructor of such a family has `teacher` and `distillation` without
  names.

  Args:
    student: The name of the student.
    arguments: The arguments, in which `teachers` and `distillation` may be by
      the student's name.
    optimizers: The optimizers, in which the teacher's may be
      `teacher_<student>`.

  Returns:
    Arguments and optimizers.

  Raises:
    ValueError: If a network other than the student has a teacher or losses.
  """
  found = dict(arguments)
  for name, alone in (("teachers", "teacher"), ("distillation",) * 2):
    if isinstance(found.get(name), Mapping):
      given = dict(found.pop(name))
      if others := set(given) - {student}:
        raise ValueError(
          f"`{name}` has {', '.join(sorted(others))}, and in this family only"
          f" the {student} learns from a teacher; leave the others out."
        )
      found |= {alone: given[student]} if given else {}
  names = {f"teacher_{student}": "teacher"}
  return found, {names.get(k, k): x for k, x in optimizers.items()}


def checked(gan, given: Mapping) -> dict[str, list]:
  """Checks teachers and losses, and returns the losses by the students' names.

  Teachers that do not know their input shape yet are built.

  Args:
    gan: A GAN that has its networks.
    given: The losses by the students' names.

  Raises:
    ValueError: If a teacher does not fit its student, or has no losses, or
      losses have no teacher.
  """
  given = {k: x for k, x in given.items() if isinstance(x, int) or x}
  for student in given:
    if student not in gan._teachers:
      raise ValueError(
        f"`distillation` is set, and there is no `teacher` for {student!r} to"
        " learn from; pass the trained network as its teacher."
      )
  return {
    student: _checked_one(gan, student, teacher, given.get(student, ()))
    for student, teacher in gan._teachers.items()
  }


def _checked_one(gan, student: str, teacher: str, losses) -> list:
  if isinstance(losses, list | tuple) and not losses:
    raise ValueError(
      f"`{teacher}` is set, and `distillation` is empty; give losses such as"
      f" ['image'], of {sorted(distillation.LOSSES)}."
    )
  check_teacher(gan.networks, student, teacher)
  found = distillation.get_all(losses)
  for loss in found:
    if loss.name in (*gan.logged, *_OWN):
      raise ValueError(
        f"A distillation loss is named {loss.name!r}, as a metric of the GAN"
        " is; give it another `name`."
      )
  return found


def check_teacher(networks: Mapping, student: str, teacher: str) -> None:
  """Raises unless a network can learn from another.

  A teacher that does not know its input shape yet is built.

  Args:
    networks: The networks by name.
    student: The name of the network that learns.
    teacher: The name of its teacher.

  Raises:
    ValueError: If inputs, outputs or the range of outputs differ, or both share
      their weights.
  """
  one, other = networks[teacher], networks[student]
  network_checks.check_network(one, teacher)
  if one is other:
    raise ValueError(
      f"`{teacher}` and `{student}` are the same network; clone one of them"
      " with `tf_ganprune.keras.models.clone_model` and `set_weights`."
    )
  image_checks.build_like(one, other)
  family_checks.check_apart({teacher: one, student: other})
  ours, theirs = signatures.shapes(one), signatures.shapes(other)
  for what, a, b in zip(("takes", "makes"), ours, theirs, strict=True):
    a, b = _without_batch(a), _without_batch(b)
    if a != b:
      raise ValueError(
        f"The `{teacher}` {one.name!r} {what} {a}, and the {student}"
        f" {other.name!r} {b}; they must be equal."
      )
  names = f"The `{teacher}` {one.name!r}", f"the {student} {other.name!r}"
  bounds.check_alike(one, other, names)


def _without_batch(shapes):
  if isinstance(shapes, dict):
    return {name: _without_batch(shape) for name, shape in shapes.items()}
  if isinstance(shapes, list):
    return [_without_batch(shape) for shape in shapes]
  return tuple(shapes[1:])


def distillers(gan) -> Mapping[str, "Distiller"]:
  """Returns the distillers of all students, by the students' names."""
  return types.MappingProxyType(
    {student: Distiller(gan, student) for student in gan._teachers}
  )


def check_optimizers(gan, optimizers: Mapping) -> None:
  """Raises if a teacher has an optimizer with which it would not learn.

  Args:
    gan: A GAN that is being compiled.
    optimizers: Its, by the networks' names.

  Raises:
    ValueError: With the reason.
  """
  for distiller in gan._distillers.values():
    distiller.check(optimizers)


class Distiller:
  """Computes the losses of a student against its teacher, and logs them.

  Example:
    `images, loss = Distiller(gan, "generator").forward(latents)`
  """

  def __init__(self, gan, student: str):
    """Binds a student's losses to student and teacher.

    Args:
      gan: A GAN that has its networks and losses, and is not compiled.
      student: The name of the student.
    """
    self._gan, self._name = gan, student
    self._teacher_name = gan._teachers[student]
    self.was_asked = False
    self._losses = list(gan._lessons[student])
    networks = gan.networks
    one, other = networks[self._teacher_name], networks[student]
    judge = networks.get(gan.judge_of(student))
    for loss in self._losses:
      loss.take(one, other, judge)
    pairs = [pair for loss in self._losses for pair in loss.pairs]
    self._layers = [x for x, _ in pairs]
    self._teacher = distillation.Observer(one, self._layers)
    self._student = distillation.Observer(other, [x for _, x in pairs])
    variables = [x for loss in self._losses for x in _adapters(loss)]
    gan.add_extra(student, f"{student}_adapter", variables)

  @property
  def teacher_learns(self) -> bool:
    """Whether the teacher has an optimizer, and so is trained."""
    return self._teacher_name in self._gan.optimizers

  def check(self, optimizers: Mapping) -> None:
    """Raises if the teacher has an optimizer, and would not be trained.

    Args:
      optimizers: The optimizers by the networks' names, of a GAN that is being
        compiled.

    Raises:
      ValueError: If all of the teacher is frozen, or the family does not train
        teachers.
    """
    teacher = self._gan.networks[self._teacher_name]
    self._check_trained(optimizers)
    if self._teacher_name in optimizers and not teacher.trainable_variables:
      name = self._gan.optimizer_name(self._teacher_name)
      raise ValueError(
        f"`{name}` is set, and all of the teacher {teacher.name!r} is frozen,"
        " as a moving average is, so it would never learn; set"
        f" `teacher.trainable = True` first, or leave `{name}` out."
      )

  def _check_trained(self, optimizers: Mapping) -> None:
    is_given = self._teacher_name == f"teacher_{self._name}"
    if self._teacher_name in optimizers and is_given:
      if not self._gan.trains_teachers:
        raise ValueError(
          f"{self._teacher_name!r} has an optimizer, and"
          f" {type(self._gan).__name__} does not train its teachers; leave the"
          " optimizer out, or update the teacher in `update` and set"
          " `trains_teachers = True` in the class."
        )

  def compile(self) -> None:
    """Makes the means of the losses, and the average of a trained teacher."""
    for name in (_TOTAL, *(loss.name for loss in self._losses)):
      self._mean(name)
    if self.teacher_learns and self._gan.ema_decay is not None:
      self._follow()

  def _follow(self) -> None:
    """Lets the student learn from the moving average of a trained teacher.

    The average is less noisy than the weights at one step.
    """
    self._gan._followers.begin(self._teacher_name)
    average = self._gan.averages[self._teacher_name]
    self._teacher = distillation.Observer(average, self._layers)

  @property
  def _is_live(self) -> bool:
    """Whether the student learns from a trained teacher without an average."""
    return self.teacher_learns and self._gan.ema_decay is None

  def forward(self, inputs) -> tuple:
    """Calls student and teacher, and computes the losses.

    Args:
      inputs: Inputs as both networks take them.

    Returns:
      The student's outputs, and the weighted sum of the losses.
    """
    self.was_asked = True
    # A trained teacher runs as in training: its moving statistics lag behind.
    with self._keeping():
      teacher, _ = self._seen(self._teacher, inputs, self._is_live)
    teacher = tf.nest.map_structure(tf.stop_gradient, teacher)
    student, outputs = self._seen(self._student, inputs, True)
    total = tf.zeros([], self._gan.variable_dtype)
    updates = self._gan.optimizer_of(self._name).iterations
    for loss in self._losses:
      part = loss.loss(teacher, student)
      self._mean(loss.name).update_state(part)
      total += tf.cast(loss.weight_at(updates), total.dtype) * part
    self._mean(_TOTAL).update_state(total)
    return outputs, total

  @property
  def logged(self) -> list[str]:
    """The names of the means that `forward` logs."""
    return [*map(self._logged, (_TOTAL, *(x.name for x in self._losses)))]

  def _logged(self, name: str) -> str:
    is_alone = len(self._gan._teachers) == 1
    return name if is_alone else f"{self._name}_{name}"

  def _mean(self, name: str):
    return self._gan._means[self._logged(name)]

  def _keeping(self):
    """Returns a context manager that restores a teacher that is not trained."""
    if self._is_live:
      return contextlib.nullcontext()
    return states.Kept(self._teacher.network)

  def _seen(self, network, inputs, training) -> tuple:
    dtype = self._gan.variable_dtype
    outputs, features = network(inputs, training, dtype)
    images = bounds.image_of(outputs)
    judged = self._gan.discriminator_inputs(images, inputs)
    return distillation.Seen(images, features, judged), outputs


def _adapters(loss) -> list[tf.Variable]:
  return [x for one in loss.adapters for x in one.trainable_variables]
