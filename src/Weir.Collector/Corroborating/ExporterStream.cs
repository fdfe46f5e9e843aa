// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Corroborating;

/// <summary>A stream of an exporter, as an account keeps it.</summary>
internal readonly record struct ExporterStream(IpKey Exporter, StreamKey Key, SavedStream Stream);
