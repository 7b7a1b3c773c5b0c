"""What is served: every annotated rpc and every view becomes an `Endpoint` of one `Blueprint`.

Why       Edge, publish, console and CLI read the same plan, so they cannot disagree about it.
Called by app (builds the blueprint at boot), edge (runs endpoints), publish and cli (print them).
Never     speaks HTTP or gRPC: an endpoint turns an Ask into an Answer, whatever door they pass
          through.
"""
