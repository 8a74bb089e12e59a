"""The operations a graph may hold, what each of them is, and how to call it.

A name outside these lists is refused. `as_strided`, `set_`, `resize_`, `from_file` and
whatever else reads outside its tensors are on none of them.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from typing import Any


class Kind(enum.Enum):
    """What an operation does, as far as counting and comparing care."""

    COSTLY = "costly"  # multiplies and adds: `macs` holds its formula
    NORM = "norm"
    POOL = "pool"
    DROPOUT = "dropout"
    ACTIVATION = "activation"
    ARITHMETIC = "arithmetic"  # entry by entry
    REDUCTION = "reduction"
    SHAPE = "shape"  # moves numbers, computes none
    SOURCE = "source"  # makes numbers from nothing
    RANDOM = "random"
    LOSS = "loss"


_LISTS: Mapping[Kind, str] = {
    Kind.COSTLY: """
        conv1d conv2d conv3d convolution conv_transpose1d conv_transpose2d conv_transpose3d
        linear addmm mm bmm matmul mv dot vdot inner outer ger baddbmm addbmm addmv addr einsum
        bilinear scaled_dot_product_attention lstm gru rnn_tanh rnn_relu lstm_cell gru_cell
        rnn_tanh_cell rnn_relu_cell tensordot chain_matmul cdist""",
    Kind.NORM: """
        batch_norm layer_norm group_norm native_layer_norm native_group_norm native_batch_norm
        rms_norm _native_batch_norm_legit_no_training local_response_norm""",
    Kind.POOL: """
        max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d adaptive_avg_pool1d
        adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d
        adaptive_max_pool3d max_pool1d_with_indices max_pool2d_with_indices
        max_pool3d_with_indices _adaptive_avg_pool2d""",
    Kind.DROPOUT: "dropout feature_dropout alpha_dropout feature_alpha_dropout native_dropout",
    Kind.ACTIVATION: """
        relu relu6 leaky_relu prelu rrelu elu selu celu gelu silu mish sigmoid log_sigmoid tanh
        hardtanh hardswish hardsigmoid hardshrink softshrink tanhshrink softplus softsign
        threshold glu softmax log_softmax _softmax _log_softmax logsumexp logit erf""",
    Kind.ARITHMETIC: """
        add sub rsub mul div true_divide floor_divide remainder fmod pow neg abs sign sgn sqrt
        rsqrt square exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh
        cosh reciprocal floor ceil round trunc frac clamp clamp_min clamp_max maximum minimum
        fmax fmin lerp addcmul addcdiv where eq ne lt le gt ge logical_and logical_or logical_not
        logical_xor bitwise_and bitwise_or bitwise_not bitwise_xor isnan isinf isfinite nan_to_num
        masked_fill fill zero copy positive hypot xlogy sigmoid_ heaviside conj real resolve_conj
        resolve_neg __and__ __or__ __xor__ square_ multiply divide subtract negative absolute
        clip greater greater_equal less less_equal not_equal special_expit special_erf erfc""",
    Kind.REDUCTION: """
        sum mean amax amin max min argmax argmin var std var_mean std_mean prod norm
        linalg_vector_norm cumsum cumprod all any topk sort argsort median count_nonzero
        cosine_similarity normalize nansum nanmean unique_consecutive bincount""",
    Kind.SHAPE: """
        view reshape _unsafe_view flatten unflatten squeeze unsqueeze transpose permute t swapaxes
        swapdims movedim moveaxis expand expand_as view_as reshape_as repeat repeat_interleave tile
        cat concat concatenate stack hstack vstack split split_with_sizes chunk tensor_split unbind
        select slice narrow index index_select gather take_along_dim masked_select embedding one_hot
        flip roll rot90 tril triu diagonal diag diag_embed contiguous clone detach alias lift_fresh
        lift _to_copy to type_as float double half long int bool pad constant_pad_nd
        reflection_pad1d reflection_pad2d replication_pad1d replication_pad2d pixel_shuffle
        pixel_unshuffle channel_shuffle im2col col2im unfold upsample_nearest2d
        upsample_bilinear2d upsample_bicubic2d upsample_nearest1d interpolate grid_sampler
        grid_sampler_2d affine_grid_generator index_put scatter scatter_add index_add index_copy
        select_scatter slice_scatter broadcast_to broadcast_tensors atleast_1d atleast_2d
        _reshape_alias unsafe_split unsafe_chunk mT mH adjoint numpy_T matrix_H detach_copy ravel
        meshgrid nonzero _assert_async sym_size numel is_floating_point is_complex T""",
    Kind.SOURCE: """
        zeros ones full empty zeros_like ones_like full_like empty_like new_zeros new_ones new_full
        new_empty arange linspace logspace eye scalar_tensor tril_indices triu_indices
        hann_window hamming_window""",
    Kind.RANDOM: """
        rand randn randint randperm rand_like randn_like randint_like bernoulli normal uniform
        multinomial poisson random exponential geometric cauchy log_normal""",
    Kind.LOSS: """
        cross_entropy_loss nll_loss nll_loss_nd nll_loss2d mse_loss l1_loss smooth_l1_loss
        huber_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div""",
}


class Refused(Exception):
    """An operation that is on no list."""


def _kinds() -> dict[str, Kind]:
    return {name: kind for kind, names in _LISTS.items() for name in names.split()}


_KINDS: Mapping[str, Kind] = _kinds()


def _base(op: str) -> str:
    parts = op.split(".")
    return parts[1] if len(parts) == 3 and parts[0] == "aten" else ""


def kind_of(op: str) -> Kind:
    """Return what `aten.relu_.default` is; raises Refused for a name on no list."""
    base = _base(op)
    found = _KINDS.get(base) or _KINDS.get(base.rstrip("_") if base[:1] != "_" else base)
    if found is None or _writes_elsewhere(op):
        name = op if len(op) < 80 else op[:80] + "..."
        raise Refused(f"the operation {name} is not one that can be judged")
    return found


def _writes_elsewhere(op: str) -> bool:
    """Tell an overload that writes into a tensor it is given as `out`, or uses named axes."""
    overload = op.split(".")[2]
    return any(part in overload for part in ("out", "Dimname", "names"))


def resolve(op: str) -> Callable[..., Any]:
    """Return the function of an allowed operation; raises Refused."""
    import torch

    kind_of(op)
    _, base, overload = op.split(".")
    found = getattr(getattr(torch.ops.aten, base, None), overload, None)
    if found is None:
        raise Refused(f"this version of torch has no operation {op}")
    function: Callable[..., Any] = found
    return function


def draws(op: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Tell whether this call draws random numbers."""
    kind, base = kind_of(op), _base(op)
    if kind is Kind.DROPOUT:
        rate = args[1] if len(args) > 1 else 0
        train = kwargs.get("train", args[2] if len(args) > 2 else True)
        return bool(train) and rate != 0
    if base.rstrip("_") == "rrelu":
        return bool(kwargs.get("training", args[3] if len(args) > 3 else False))
    if base == "scaled_dot_product_attention":
        return bool(kwargs.get("dropout_p", args[4] if len(args) > 4 else 0.0))
    if base in ("lstm", "gru", "rnn_tanh", "rnn_relu"):
        rates = [a for a in args if type(a) is float]
        flags = [a for a in args if type(a) is bool]
        return any(rates) and len(flags) > 1 and flags[1]
    return kind is Kind.RANDOM
