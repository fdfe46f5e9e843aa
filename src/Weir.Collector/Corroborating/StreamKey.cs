// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Corroborating;

/// <summary>Where a stream comes from: one key may have several.</summary>
internal readonly record struct StreamKey(ExportProtocol Protocol, uint Domain, ushort Port);
