// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Segments;

/// <summary>Where evidence goes. Rows are durable when the call returns. Called from several threads.</summary>
public interface IEvidenceSink
{
    void Write(ReadOnlySpan<EvidenceRow> rows);
}
